/** A secret: it is never shown, only whether there is one. Typing is what replaces it. */
import { useState } from 'preact/hooks';
import { Button } from '../../components/button';
import { Icon } from '../../components/icon';
import { PasswordBox } from '../../components/text-field';
import { reference } from '../../lib/config-diff';
import { getAt } from '../../lib/config-path';
import { aria } from './controls';
import type { At } from './form';

export const MASK = '********';

/** `isOpen` begins with typing another one. */
export function Secret(at: At & { isOpen?: boolean }) {
  const { form, path, field, value } = at;
  const kept = form.saved === undefined ? undefined : getAt(form.saved, path);
  const isTyping = typeof value === 'string' && value !== MASK;
  const [isOpen, open] = useState(at.isOpen ?? false);
  if (isTyping || isOpen) {
    return (
      <div class="flex items-start gap-2">
        <SecretInput at={at} autoFocus={isOpen} />
        {(kept !== undefined || form.saved !== undefined) && (
          <Button
            label={`Keep ${field.title} as it was`}
            onClick={() => {
              open(false);
              form.set(path, kept);
            }}
          >
            Cancel
          </Button>
        )}
      </div>
    );
  }
  if (value === undefined || value === null) {
    if (form.saved === undefined) return <SecretInput at={at} />;
    return (
      <div class="flex items-center gap-2">
        <span class="flex-1 text-control text-ink3">{kept === undefined ? 'Not set' : 'Will be removed'}</span>
        {kept !== undefined && <Button label={`Keep ${field.title}`} onClick={() => form.set(path, kept)}>Keep</Button>}
        <Button label={`Set ${field.title}`} disabled={at.isLocked} onClick={() => open(true)}>
          Set
        </Button>
      </div>
    );
  }
  return (
    <div class="flex flex-wrap items-center gap-2">
      <span class="flex min-w-0 flex-1 items-center gap-1.5 text-control text-ink2">
        <Icon name="check" size={15} class="text-ok" />
        <span class="truncate">{value === MASK ? 'Set' : `Set, ${reference(value)}`}</span>
      </span>
      <Button label={`Replace ${field.title}`} disabled={at.isLocked} onClick={() => open(true)}>
        Replace
      </Button>
      <Button weight="quiet" label={`Remove ${field.title}`} disabled={at.isLocked} onClick={() => form.set(path, undefined)}>
        Remove
      </Button>
    </div>
  );
}

function SecretInput({ at, autoFocus = false }: { at: At; autoFocus?: boolean }) {
  const { form, path, field, value } = at;
  return (
    <PasswordBox
      {...aria(at)}
      aria-label={field.title}
      what="what is typed"
      class="min-w-0 flex-1"
      value={typeof value === 'string' && value !== MASK ? value : ''}
      autocomplete="new-password"
      autoFocus={autoFocus}
      {...(autoFocus && { inputRef: focus })}
      onInput={(typed) => form.set(path, typed || undefined)}
      onBlur={() => form.left(path)}
    />
  );
}

const seen = new WeakSet<Element>();

function focus(element: HTMLInputElement | null): void {
  if (!element || seen.has(element)) return;
  seen.add(element);
  element.focus();
}
