/** The head of a page and its content. */
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { away } from '../lib/away';
import { age, clockSeconds, span } from '../lib/format';
import { theme } from '../lib/prefs';
import { visitor } from '../lib/session';
import { caller, connection, hasTable, heardAt, now, polledAt } from '../lib/store';
import { IconButton } from './button';
import { Icon, Logo } from './icon';
import { lazy } from './lazy';

const Notices = lazy(() => import('./notices').then((it) => it.Notices));

export function Page(props: {
  title: string;
  /** Where the arrow before the title leads, and what it says. */
  back?: { readonly href: string; readonly text: string; readonly isPhoneOnly?: boolean };
  /** Between the title and the buttons. */
  note?: ComponentChildren;
  actions?: ComponentChildren;
  /** Instead of the whole head, while a phone searches for instance. */
  head?: ComponentChildren;
  children: ComponentChildren;
}) {
  const { title } = props;
  useEffect(() => {
    document.title = `${title} · ${caller.value?.agent_name || 'GSSA'}`;
  }, [title, caller.value]);
  const isLost = connection.value === 'lost';
  const isOld = isLost || away.value !== undefined;
  return (
    <>
      <header class="sticky top-0 z-20 border-b border-line bg-bg">
        <div class="flex h-13 items-center gap-2.5 pr-3 pl-4 sm:pr-5 sm:pl-5">
          {props.head ?? (
            <>
              {props.back ? <Back {...props.back} /> : (
                <span class="lg:hidden">
                  <Logo size={26} />
                </span>
              )}
              <h1 class="truncate text-title">{title}</h1>
              {props.note ?? <LiveNote />}
              <div class="ml-auto flex items-center gap-2">
                {props.actions}
                <ThemeButton />
              </div>
            </>
          )}
        </div>
      </header>
      {isLost && heardAt.value > 0 && <LostStrip />}
      {hasTable.value && <Notices />}
      <main id="main" tabIndex={-1} class={`outline-none ${isOld ? 'washed' : ''}`}>
        {props.children}
      </main>
    </>
  );
}

function Back({ href, text, isPhoneOnly }: { href: string; text: string; isPhoneOnly?: boolean }) {
  return (
    <a
      href={href}
      aria-label={text}
      title={text}
      class={`-ml-1.5 grid size-8 shrink-0 place-items-center rounded-control text-ink2 hover:bg-raise hover:text-ink max-lg:size-11 ${isPhoneOnly ? 'lg:hidden' : ''}`}
    >
      <Icon name="back" size={18} />
    </a>
  );
}

/** How new what is shown is. */
export function LiveNote({ class: className = '' }: { class?: string }) {
  const state = connection.value;
  const polled = polledAt.value > 0 ? ` · polled ${age(polledAt.value, now.value)}` : '';
  const [dot, text] =
    away.value !== undefined && state !== 'lost'
      ? ['bg-bad-fill', 'The agent is away']
      : state === 'live'
      ? ['bg-ok-fill animate-pulse', `Live${polled}`]
      : state === 'polling'
        ? ['bg-warn-fill', `Polling${polled}`]
        : state === 'lost'
          ? ['bg-bad-fill', 'Connection lost']
          : ['bg-idle-fill', 'Connecting'];
  return (
    <span class={`flex min-w-0 flex-1 items-center gap-2 text-caption text-ink3 ${className}`}>
      <span class={`size-1.5 shrink-0 rounded-full ${dot}`} />
      <span class="truncate">{text}</span>
    </span>
  );
}

/** The agent does not answer: nothing on the page is from now. */
function LostStrip() {
  const since = useRef(Date.now());
  const waited = Math.floor((now.value - since.current) / 1000);
  return (
    <p role="alert" class="sticky top-13 z-10 border-b border-line bg-warn-soft px-5 py-2 text-control text-warn">
      Connection to the {visitor.value ? 'cloud' : 'agent'} lost, showing values from {clockSeconds(heardAt.value)}. Trying again
      {waited > 0 && ` for ${span(waited)}`}.
    </p>
  );
}

function ThemeButton() {
  const isDark = theme.value === 'dark' || (theme.value === 'system' && document.documentElement.classList.contains('dark'));
  return (
    <IconButton
      name={isDark ? 'sun' : 'moon'}
      label={isDark ? 'Light theme' : 'Dark theme'}
      bordered
      class="size-8! max-lg:size-10!"
      onClick={() => {
        theme.value = isDark ? 'light' : 'dark';
      }}
    />
  );
}
