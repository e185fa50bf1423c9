import type { ComponentChildren } from 'preact';
import { Icon, type IconName } from './icon';

export type Weight = 'primary' | 'plain' | 'quiet' | 'danger';

const WEIGHTS: Record<Weight, string> = {
  primary: 'bg-ink text-bg hover:opacity-90',
  plain: 'border border-edge bg-panel text-ink hover:bg-raise',
  quiet: 'text-ink2 hover:bg-raise hover:text-ink',
  danger: 'bg-bad-soft text-bad hover:opacity-90',
};

const SIZES = {
  small: 'h-7 rounded-small px-2.5 text-caption',
  usual: 'h-9 rounded-control px-3 text-control max-lg:h-11',
};

interface Look {
  weight?: Weight;
  size?: keyof typeof SIZES;
  icon?: IconName;
  children?: ComponentChildren;
  class?: string;
}

const BASE =
  'inline-flex shrink-0 items-center justify-center gap-1.5 font-medium whitespace-nowrap transition-colors duration-100 disabled:cursor-default disabled:opacity-45 aria-disabled:cursor-default aria-disabled:opacity-45';

function look({ weight = 'plain', size = 'usual', class: className = '' }: Look): string {
  return `${BASE} ${WEIGHTS[weight]} ${SIZES[size]} ${className}`;
}

type ButtonProps = Look & {
  onClick?: (event: MouseEvent) => void;
  disabled?: boolean | undefined;
  submit?: boolean;
  label?: string;
  busy?: boolean;
};

const ignored = (event: MouseEvent) => event.preventDefault();

/** A button. `label` names it for screen readers where the text does not do. One that is busy does nothing, and keeps the focus. */
export function Button({ onClick, disabled, submit, label, busy, ...rest }: ButtonProps) {
  return (
    <button
      type={submit ? 'submit' : 'button'}
      class={look(rest)}
      disabled={disabled}
      aria-label={label}
      aria-busy={busy}
      aria-disabled={busy || undefined}
      onClick={busy ? ignored : onClick}
    >
      {rest.icon && <Icon name={rest.icon} size={rest.size === 'small' ? 14 : 16} />}
      {rest.children}
    </button>
  );
}

/** A link that looks like a button. Links to other hosts open beside this page. */
export function ButtonLink({ href, label, ...rest }: Look & { href: string; label?: string }) {
  const isElsewhere = /^[a-z]+:/.test(href);
  return (
    <a class={look(rest)} href={href} aria-label={label} {...(isElsewhere && { target: '_blank', rel: 'noreferrer' })}>
      {rest.icon && <Icon name={rest.icon} size={rest.size === 'small' ? 14 : 16} />}
      {rest.children}
      {isElsewhere && <Icon name="out" size={14} class="text-ink3" />}
    </a>
  );
}

/** A square button with an icon alone. */
export function IconButton(props: {
  name: IconName;
  label: string;
  onClick: (event: MouseEvent) => void;
  tabIndex?: number;
  class?: string;
  size?: number;
  bordered?: boolean;
  expanded?: boolean;
}) {
  const border = props.bordered ? 'border border-edge bg-panel text-ink' : 'text-ink3';
  return (
    <button
      type="button"
      class={`inline-flex size-9 shrink-0 items-center justify-center rounded-control transition-colors duration-100 hover:bg-raise hover:text-ink max-lg:size-11 ${border} ${props.class ?? ''}`}
      aria-label={props.label}
      title={props.label}
      tabIndex={props.tabIndex}
      aria-expanded={props.expanded}
      onClick={props.onClick}
    >
      <Icon name={props.name} size={props.size ?? 16} />
    </button>
  );
}
