import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Icon, type IconName } from './icon';

/** What stands where nothing is: why, and what to do. */
export function Empty({ icon, title, children, actions }: {
  icon: IconName;
  title: string;
  children?: ComponentChildren;
  actions?: ComponentChildren;
}) {
  return (
    <div class="flex flex-col items-center gap-2 px-6 py-14 text-center">
      <span class="mb-1 grid size-11 place-items-center rounded-card bg-sunk text-ink3">
        <Icon name={icon} size={20} />
      </span>
      <h3 class="text-title">{title}</h3>
      {children && <p class="max-w-md text-control text-ink2">{children}</p>}
      {actions && <div class="mt-3 flex flex-wrap justify-center gap-2">{actions}</div>}
    </div>
  );
}

/** Grey bars of the final size, and not before 200 ms: what is quick needs none. */
export function Skeleton({ class: className }: { class: string }) {
  return <div aria-hidden="true" class={`animate-shimmer rounded-small bg-sunk ${className}`} />;
}

/** Whether waiting has become long enough to show it. */
export function useIsLate(isWaiting: boolean, ms = 200): boolean {
  const [isLate, setLate] = useState(false);
  useEffect(() => {
    if (!isWaiting) {
      setLate(false);
      return;
    }
    const timer = setTimeout(() => setLate(true), ms);
    return () => clearTimeout(timer);
  }, [isWaiting, ms]);
  return isWaiting && isLate;
}
