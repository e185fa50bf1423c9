/** What the logins of an agent and of a receiver have in common: the page, the dialog over a page, and a try with its failures. */
import { type Signal, useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { ApiError, messageOf } from '../lib/api';
import { span } from '../lib/format';
import { useModal } from '../lib/modal';
import { useWait, waitOf } from '../lib/wait';
import { Button } from './button';
import { Logo } from './icon';
import { PasswordField } from './text-field';

/** The page before all others. `below` stands under the form. */
export function LoginFrame({ title, about, below, children }: { title: string; about: string; below?: ComponentChildren; children: ComponentChildren }) {
  useEffect(() => {
    document.title = `Log in · ${title}`;
  }, [title]);
  return (
    <main class="grid min-h-dvh place-items-center px-4 py-10">
      <div class="w-full max-w-90">
        <div class="mb-6 flex flex-col items-center gap-3 text-center">
          <Logo size={44} />
          <div>
            <h1 class="text-total font-semibold break-words">{title}</h1>
            <p class="text-control text-ink3">{about}</p>
          </div>
        </div>
        <div class="rounded-card border border-line bg-panel p-5 shadow-card">{children}</div>
        {below}
      </div>
    </main>
  );
}

/** Over a page: it cannot be closed, since nothing behind it can be saved without it. */
export function LoginDialog({ text, children }: { text: string; children: ComponentChildren }) {
  const ref = useModal();
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
          <p class="text-control text-ink2">{text}</p>
        </div>
      </div>
      {children}
    </dialog>
  );
}

/** A try to log in: `send` fails with what the program answers, and `wrong` is said of a wrong password. */
export function useLogin(send: () => Promise<void>, wrong: string) {
  const failure = useSignal('');
  const isBusy = useSignal(false);
  const wait = useWait();
  const tried = async () => {
    isBusy.value = true;
    failure.value = '';
    try {
      await send();
    } catch (error) {
      const secs = waitOf(error);
      if (secs > 0) wait.begin(secs);
      else failure.value = error instanceof ApiError && error.kind === 'password-wrong' ? wrong : `${messageOf(error)}.`;
    }
    isBusy.value = false;
  };
  const error = wait.left > 0 ? `Too many tries. Try again in ${span(wait.left)}.` : failure.value || undefined;
  return { error, left: wait.left, isBusy: isBusy.value, tried, forget: () => (failure.value = '') };
}

/** The form of a try: its fields, and the button that says what is going on. */
export function LoginForm({ login, children }: { login: ReturnType<typeof useLogin>; children: ComponentChildren }) {
  const { left, isBusy, tried } = login;
  return (
    <form
      class="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (left === 0 && !isBusy) void tried();
      }}
    >
      {children}
      <Button submit weight="primary" class="w-full" busy={isBusy} disabled={left > 0}>
        {left > 0 ? `Wait ${span(left)}` : isBusy ? 'Logging in' : 'Log in'}
      </Button>
    </form>
  );
}

/** The password of a try. Typing takes back what was said of the last one. */
export function LoginPassword({ login, password, autoFocus }: { login: ReturnType<typeof useLogin>; password: Signal<string>; autoFocus: boolean }) {
  return (
    <PasswordField
      label="Password"
      value={password.value}
      onInput={(value) => {
        password.value = value;
        login.forget();
      }}
      autocomplete="current-password"
      autoFocus={autoFocus}
      required
      error={login.error}
    />
  );
}
