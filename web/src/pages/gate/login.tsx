/** The login: as a page, or over the page whose session has ended, so that a draft there is kept. */
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { Button } from '../../components/button';
import { LoginDialog, LoginForm, LoginFrame, LoginPassword, useLogin } from '../../components/login';
import { api } from '../../lib/client';
import { enter } from '../../lib/session';
import { type Caller, caller } from '../../lib/store';

/** The page before all others. `skip` leads on without a login, where that is allowed. */
export const LoginPage = ({ skip, onDone }: { skip?: () => void; onDone?: () => void }) => (
  <LoginFrame title={caller.value?.agent_name || 'GSSA'} about="GoSlimStratum Agent" below={skip && <Skip onClick={skip} />}>
    <Form onDone={onDone} />
  </LoginFrame>
);

export function LoginOver() {
  const guest = useSignal<Caller | undefined>(undefined);
  useEffect(() => {
    // Where everybody may look, one may go on without.
    void api.get<Caller>('/session').then(
      (it) => (guest.value = it.scope ? it : undefined),
      () => {},
    );
  }, []);
  return (
    <LoginDialog text="Your session has ended; your draft is kept.">
      <Form />
      {guest.value && <Skip onClick={() => guest.value && enter(guest.value)} />}
    </LoginDialog>
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

function Form({ onDone }: { onDone?: (() => void) | undefined }) {
  const password = useSignal('');
  const login = useLogin(async () => {
    enter(await api.post<Caller>('/session', { password: password.value }));
    onDone?.();
  }, 'Wrong password.');
  return (
    <LoginForm login={login}>
      <input type="text" name="username" value="admin" autocomplete="username" readOnly tabIndex={-1} aria-hidden="true" class="hidden" />
      <LoginPassword login={login} password={password} autoFocus />
    </LoginForm>
  );
}
