import type { ComponentChildren } from 'preact';

/** One step: what it is for, its content, and the buttons below. */
export function StepBody({ title, text, children, footer }: {
  title: string;
  text?: ComponentChildren;
  children?: ComponentChildren;
  footer: ComponentChildren;
}) {
  return (
    <>
      <div class="p-5 sm:p-6">
        <h2 class="text-total font-semibold">{title}</h2>
        {text && <p class="mt-1 text-control text-ink2">{text}</p>}
        <div class="mt-5">{children}</div>
      </div>
      <div class="sticky bottom-0 flex flex-wrap items-center justify-end gap-2 rounded-b-card border-t border-line bg-panel px-5 py-3 sm:px-6">{footer}</div>
    </>
  );
}
