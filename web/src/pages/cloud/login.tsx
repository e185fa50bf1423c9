/** The login of a cloud: as a page, or over the page whose session has ended. */
import { useSignal } from '@preact/signals';
import { LoginDialog, LoginForm, LoginFrame, LoginPassword, useLogin } from '../../components/login';
import { TextField } from '../../components/text-field';
import { type Visitor, visitor } from '../../lib/session';
import { cloud } from './state';

export const Login = () => (
  <LoginFrame title="GSSA cloud" about={location.host}>
    <Form />
  </LoginFrame>
);

export const LoginOver = () => (
  <LoginDialog text="Your session has ended.">
    <Form />
  </LoginDialog>
);

/** Who logged in last here, while the page is open. */
let lastUser = '';

function Form() {
  const user = useSignal(lastUser);
  const password = useSignal('');
  const login = useLogin(async () => {
    const next = await cloud.post<Visitor>('/session', { user: user.value, password: password.value });
    // What somebody else saw is not theirs.
    if (lastUser && next.user !== lastUser) location.assign('/');
    lastUser = next.user ?? '';
    visitor.value = next;
  }, 'Wrong name or password.');
  return (
    <LoginForm login={login}>
      <TextField label="Name" name="username" autocomplete="username" value={user.value} onInput={(value) => (user.value = value)} autoFocus={!lastUser} required />
      <LoginPassword login={login} password={password} autoFocus={!!lastUser} />
    </LoginForm>
  );
}
