/** The login of a cloud: as a page, or over the page whose session has ended. */
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { Button } from '../../components/button';
import { Logo } from '../../components/icon';
import { PasswordField, TextField } from '../../components/text-field';
import { ApiError, messageOf } from '../../lib/api';
import { span } from '../../lib/format';
import { type Visitor, visitor } from '../../lib/session';
import { useWait, waitOf } from '../../lib/wait';
import { cloud } from './state';

export function Login() {
  useEffect(() => {
    document.title = 'Log in · GSSA cloud';
  }, []);
  return (
    <main class="grid min-h-dvh place-items-center px-4 py-10">
      <div class="w-full max-w-90">
        <div class="mb-6 flex flex-col items-center gap-3 text-center">
          <Logo size={44} />
          <div>
            <h1 class="text-total font-semibold">GSSA cloud</h1>
            <p class="text-control text-ink3">{location.host}</p>
          </div>
        </div>
        <div class="rounded-card border border-line bg-panel p-5 shadow-card">
          <Form />
        </div>
      </div>
    </main>
  );
}

export function LoginOver() {
  const ref = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const opener = document.activeElement as HTMLElement | null;
    ref.current?.showModal();
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
          <p class="text-control text-ink2">Your session has ended.</p>
        </div>
      </div>
      <Form />
    </dialog>
  );
}

/** Who logged in last here, while the page is open. */
let lastUser = '';

function Form() {
  const user = useSignal(lastUser);
  const password = useSignal('');
  const failure = useSignal('');
  const isBusy = useSignal(false);
  const wait = useWait();
  const send = async () => {
    isBusy.value = true;
    failure.value = '';
    try {
      const next = await cloud.post<Visitor>('/session', { user: user.value, password: password.value });
      // What somebody else saw is not theirs.
      if (lastUser && next.user !== lastUser) location.assign('/');
      lastUser = next.user ?? '';
      visitor.value = next;
    } catch (error) {
      const secs = waitOf(error);
      if (secs > 0) wait.begin(secs);
      else failure.value = error instanceof ApiError && error.kind === 'password-wrong' ? 'Wrong name or password.' : `${messageOf(error)}.`;
    }
    isBusy.value = false;
  };
  const error = wait.left > 0 ? `Too many tries. Try again in ${span(wait.left)}.` : failure.value;
  return (
    <form
      class="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (wait.left === 0 && !isBusy.value) void send();
      }}
    >
      <TextField label="Name" name="username" autocomplete="username" value={user.value} onInput={(value) => (user.value = value)} autoFocus={!lastUser} required />
      <PasswordField
        label="Password"
        value={password.value}
        onInput={(value) => {
          password.value = value;
          failure.value = '';
        }}
        autocomplete="current-password"
        autoFocus={!!lastUser}
        required
        error={error || undefined}
      />
      <Button submit weight="primary" class="w-full" busy={isBusy.value} disabled={wait.left > 0}>
        {wait.left > 0 ? `Wait ${span(wait.left)}` : isBusy.value ? 'Logging in' : 'Log in'}
      </Button>
    </form>
  );
}
