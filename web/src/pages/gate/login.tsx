/** The login: as a page, or over the page whose session has ended, so that a draft there is kept. */
import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Button } from '../../components/button';
import { Logo } from '../../components/icon';
import { PasswordField } from '../../components/text-field';
import { ApiError, messageOf } from '../../lib/api';
import { api } from '../../lib/client';
import { span } from '../../lib/format';
import { enter } from '../../lib/session';
import { type Caller, caller } from '../../lib/store';
import { useWait, waitOf } from '../../lib/wait';

/** The page before all others. `skip` leads on without a login, where that is allowed. */
export function LoginPage({ skip, onDone }: { skip?: () => void; onDone?: () => void }) {
  const site = caller.value?.agent_name || 'GSSA';
  useEffect(() => {
    document.title = `Log in · ${site}`;
  }, [site]);
  return (
    <main class="grid min-h-dvh place-items-center px-4 py-10">
      <div class="w-full max-w-90">
        <div class="mb-6 flex flex-col items-center gap-3 text-center">
          <Logo size={44} />
          <div>
            <h1 class="text-total font-semibold break-words">{site}</h1>
            <p class="text-control text-ink3">GoSlimStratum Agent</p>
          </div>
        </div>
        <div class="rounded-card border border-line bg-panel p-5 shadow-card">
          <LoginForm onDone={onDone} />
        </div>
        {skip && <Skip onClick={skip} />}
      </div>
    </main>
  );
}

/** Over a page: it cannot be closed, since nothing behind it can be saved without it. */
export function LoginOver() {
  const ref = useRef<HTMLDialogElement>(null);
  const guest = useSignal<Caller | undefined>(undefined);
  useEffect(() => {
    const opener = document.activeElement as HTMLElement | null;
    ref.current?.showModal();
    // Where everybody may look, one may go on without.
    void api.get<Caller>('/session').then(
      (it) => (guest.value = it.scope ? it : undefined),
      () => {},
    );
    return () => opener?.isConnected && opener.focus();
  }, []);
  return (
    <dialog
      ref={ref}
      aria-labelledby="login-title"
      class="m-auto w-full max-w-90 animate-in rounded-card bg-panel p-5 text-ink shadow-pop backdrop:bg-veil max-sm:max-w-[calc(100vw-2rem)]"
      onCancel={(event) => event.preventDefault()}
      onKeyDown={(event) => {
        // Chromium closes at the second Esc, whatever a listener of `cancel` says.
        if (event.key === 'Escape') event.preventDefault();
      }}
    >
      <div class="mb-4 flex items-center gap-3">
        <Logo size={32} />
        <div>
          <h2 id="login-title" class="text-title">
            Log in again
          </h2>
          <p class="text-control text-ink2">Your session has ended; your draft is kept.</p>
        </div>
      </div>
      <LoginForm />
      {guest.value && <Skip onClick={() => guest.value && enter(guest.value)} />}
    </dialog>
  );
}

function Skip({ onClick }: { onClick: () => void }) {
  return (
    <p class="mt-4 text-center">
      <Button weight="quiet" onClick={onClick}>
        Look without logging in
      </Button>
    </p>
  );
}

function LoginForm({ onDone }: { onDone?: (() => void) | undefined }) {
  const password = useSignal('');
  const failure = useSignal<ComponentChildren>(undefined);
  const isBusy = useSignal(false);
  const wait = useWait();
  const send = async () => {
    isBusy.value = true;
    failure.value = undefined;
    try {
      enter(await api.post<Caller>('/session', { password: password.value }));
      onDone?.();
    } catch (error) {
      const secs = waitOf(error);
      if (secs > 0) wait.begin(secs);
      else failure.value = error instanceof ApiError && error.kind === 'password-wrong' ? 'Wrong password.' : `${messageOf(error)}.`;
    }
    isBusy.value = false;
  };
  const error = wait.left > 0 ? `Too many tries. Try again in ${span(wait.left)}.` : (failure.value as string | undefined);
  return (
    <form
      class="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (wait.left === 0 && !isBusy.value) void send();
      }}
    >
      <input type="text" name="username" value="admin" autocomplete="username" readOnly tabIndex={-1} aria-hidden="true" class="hidden" />
      <PasswordField
        label="Password"
        value={password.value}
        onInput={(value) => {
          password.value = value;
          failure.value = undefined;
        }}
        autocomplete="current-password"
        autoFocus
        required
        error={error}
      />
      <Button submit weight="primary" class="w-full" busy={isBusy.value} disabled={wait.left > 0}>
        {wait.left > 0 ? `Wait ${span(wait.left)}` : isBusy.value ? 'Logging in' : 'Log in'}
      </Button>
    </form>
  );
}
