/** Which page stands at which path, and what has to be known before any is shown. */
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { Empty } from './components/empty';
import { ErrorBoundary } from './components/panel';
import { Page } from './components/page';
import { Shell } from './components/shell';
import { lazy } from './components/lazy';
import { ButtonLink } from './components/button';
import { addShortcuts } from './lib/keys';
import { connection, hasTable } from './lib/store';
import { path } from './lib/route';
import { startSession, stage } from './lib/session';
import { Fleet } from './pages/fleet';

const Device = lazy(() => import('./pages/device').then((it) => it.Device));
const Settings = lazy(() => import('./pages/settings').then((it) => it.Settings));
const ShortcutHelp = lazy(() => import('./components/shortcut-help').then((it) => it.ShortcutHelp));
const Gate = lazy(() => import('./pages/gate').then((it) => it.Gate));
const Login = lazy(() => import('./pages/gate').then((it) => it.Login));
const Setup = lazy(() => import('./pages/setup').then((it) => it.Setup));
const Events = lazy(() => import('./pages/events').then((it) => it.Events));
const Pools = lazy(() => import('./pages/pools').then((it) => it.Pools));
const Servers = lazy(() => import('./pages/servers').then((it) => it.Servers));
const Discovery = lazy(() => import('./pages/discovery').then((it) => it.Discovery));

/** A page and the paths it stands at: the whole one, or all below one that ends with a slash. */
const PAGES: readonly (readonly [path: string, page: (props: { rest: string }) => preact.ComponentChild])[] = [
  ['/', () => <Fleet />],
  ['/d/', ({ rest }) => <Device id={rest} />],
  ['/settings', () => <Settings />],
  ['/settings/', () => <Settings />],
  ['/pools', () => <Pools />],
  ['/servers', () => <Servers />],
  ['/events', () => <Events />],
  ['/discovery', () => <Discovery />],
];

export function App() {
  useEffect(() => startSession(), []);
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
  const isHelpOpen = useSignal(false);
  useEffect(() => addShortcuts([{ keys: '?', what: 'Show these shortcuts', run: () => (isHelpOpen.value = true) }]), []);
  return (
    <Shell>
      <ErrorBoundary key={path.value} what="This page">
        <Outlet />
      </ErrorBoundary>
      {isHelpOpen.value && <ShortcutHelp onClose={() => (isHelpOpen.value = false)} />}
    </Shell>
  );
}

function Outlet() {
  for (const [at, page] of PAGES) {
    const isAt = at !== '/' && at.endsWith('/') ? path.value.startsWith(at) : path.value === at;
    if (isAt) return <>{page({ rest: path.value.slice(at.length) })}</>;
  }
  return (
    <Page title="Not found">
      <Empty icon="search" title="There is nothing here" actions={<ButtonLink href="/">Go to Fleet</ButtonLink>}>
        No page has the address {path.value}.
      </Empty>
    </Page>
  );
}
