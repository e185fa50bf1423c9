/** Which page stands at which path. */
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { Empty } from './components/empty';
import { Page } from './components/page';
import { lazy } from './components/lazy';
import { ButtonLink } from './components/button';
import { ErrorBoundary } from './components/panel';
import { addShortcuts } from './lib/keys';
import { path } from './lib/route';
import { Fleet } from './pages/fleet';

const ShortcutHelp = lazy(() => import('./components/shortcut-help').then((it) => it.ShortcutHelp));
const Device = lazy(() => import('./pages/device').then((it) => it.Device));
const Settings = lazy(() => import('./pages/settings').then((it) => it.Settings));
const Events = lazy(() => import('./pages/events').then((it) => it.Events));
const Pools = lazy(() => import('./pages/pools').then((it) => it.Pools));
const Servers = lazy(() => import('./pages/servers').then((it) => it.Servers));
const Discovery = lazy(() => import('./pages/discovery').then((it) => it.Discovery));

/** A page and the paths it stands at: the whole one, or all below one that ends with a slash. */
export type At = readonly [path: string, page: (props: { rest: string }) => preact.ComponentChild];

/** What a cloud shows of an agent too. */
export const SHOWN: readonly At[] = [
  ['/', () => <Fleet />],
  ['/d/', ({ rest }) => <Device id={rest} />],
  ['/pools', () => <Pools />],
  ['/servers', () => <Servers />],
  ['/events', () => <Events />],
];

const PAGES: readonly At[] = [...SHOWN, ['/settings', () => <Settings />], ['/settings/', () => <Settings />], ['/discovery', () => <Discovery />]];

interface Pages {
  pages?: readonly At[];
  /** What the first of them is called. */
  home?: string;
}

function Outlet({ pages = PAGES, home = 'Fleet' }: Pages) {
  for (const [at, page] of pages) {
    const isAt = at !== '/' && at.endsWith('/') ? path.value.startsWith(at) : path.value === at;
    if (isAt) return <>{page({ rest: path.value.slice(at.length) })}</>;
  }
  return (
    <Page title="Not found">
      <Empty icon="search" title="There is nothing here" actions={<ButtonLink href="/">Go to {home}</ButtonLink>}>
        No page has the address {path.value}.
      </Empty>
    </Page>
  );
}

/** The page, with a boundary of its own, and the help about its shortcuts. */
export function Content(props: Pages) {
  const isHelpOpen = useSignal(false);
  useEffect(() => addShortcuts([{ keys: '?', what: 'Show these shortcuts', run: () => (isHelpOpen.value = true) }]), []);
  return (
    <>
      <ErrorBoundary key={path.value} what="This page">
        <Outlet {...props} />
      </ErrorBoundary>
      {isHelpOpen.value && <ShortcutHelp onClose={() => (isHelpOpen.value = false)} />}
    </>
  );
}
