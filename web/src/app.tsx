/** What has to be known before any page is shown, and who shows it: an agent, or a cloud of many. */
import { useEffect } from 'preact/hooks';
import { Shell } from './components/shell';
import { lazy } from './components/lazy';
import { connection, hasTable } from './lib/store';
import { path } from './lib/route';
import { startSession, stage } from './lib/session';
import { Content } from './outlet';

const Background = lazy(() => import('./components/background').then((it) => it.Background));
const Gate = lazy(() => import('./pages/gate').then((it) => it.Gate));
const Login = lazy(() => import('./pages/gate').then((it) => it.Login));
const Setup = lazy(() => import('./pages/setup').then((it) => it.Setup));
const Cloud = lazy(() => import('./pages/cloud').then((it) => it.Cloud));

export function App() {
  useEffect(() => startSession(), []);
  if (stage.value === 'cloud') return <Cloud />;
  if (stage.value === 'asking' && connection.value !== 'lost') return null;
  if (stage.value === 'in' && path.value === '/login') return <Login />;
  const isGated = stage.value === 'login' || stage.value === 'broken';
  // An expired session keeps what is on the page: the login comes over it.
  const isShown = !isGated || (stage.value === 'login' && hasTable.value);
  // The set-up stands alone, and goes on where it was after its first step let somebody in.
  const isSetup = stage.value === 'setup' || path.value === '/setup';
  return (
    <>
      {isShown && (isSetup ? <Setup /> : <Inside />)}
      {isGated && <Gate />}
    </>
  );
}

function Inside() {
  return (
    <Shell>
      <Content />
      <Background />
    </Shell>
  );
}
