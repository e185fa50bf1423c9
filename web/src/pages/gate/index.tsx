/** What stands before the pages: the login, and a configuration that cannot be read. */
import { useEffect } from 'preact/hooks';
import { go } from '../../lib/route';
import { isAdmin, stage } from '../../lib/session';
import { hasTable } from '../../lib/store';
import { Broken } from './broken';
import { LoginOver, LoginPage } from './login';

export function Gate() {
  if (stage.value === 'broken') return <Broken />;
  return hasTable.value ? <LoginOver /> : <LoginPage />;
}

/** The page at `/login`, for who looks already without being logged in. */
export function Login() {
  const isDone = isAdmin();
  useEffect(() => {
    if (isDone) go('/', { replace: true });
  }, [isDone]);
  return isDone ? null : <LoginPage skip={() => go('/')} />;
}
