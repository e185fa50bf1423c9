/** What goes on beside every page, and is loaded after it: announcements, the badge of Discovery, who calls, the first set-up, the uplink. */
import { useComputed } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { api } from '../lib/client';
import { isSetupSeen } from '../lib/prefs';
import { go, path } from '../lib/route';
import { isAdmin } from '../lib/session';
import { type Caller, caller, configTag, hasTable, rows, takeCaller } from '../lib/store';
import { look, overview } from '../pages/discovery/state';
import { Announcer } from './announcer';

export { UplinkCard } from './uplink-card';

const LOOK_MS = 30_000;

export function Background() {
  useCaller();
  useDiscovery();
  useFirstRun();
  return <Announcer />;
}

/** The name of the site and the state of its file may change while the page is open. */
function useCaller(): void {
  const tag = configTag.value;
  useEffect(() => {
    const ask = async () => {
      if (document.hidden) return;
      const next = await api.get<Caller>('/session').catch(() => undefined);
      // Rights that are gone are noticed by the first request that needs them.
      if (next?.scope && JSON.stringify(next) !== JSON.stringify(caller.peek())) takeCaller(next);
    };
    if (tag !== '') void ask();
    const timer = setInterval(() => void ask(), LOOK_MS);
    return () => clearInterval(timer);
  }, [tag]);
}

function useDiscovery(): void {
  const may = isAdmin();
  const tag = configTag.value;
  useEffect(() => {
    if (!may) return;
    const ask = () => {
      // The page of Discovery looks by itself, and maybe at another search.
      if (!document.hidden && path.peek() !== '/discovery') void look({ anew: overview.peek() !== undefined }).catch(() => {});
    };
    ask();
    const timer = setInterval(ask, LOOK_MS);
    return () => clearInterval(timer);
  }, [may, tag]);
}

/** An agent without a configuration and without sources is set up first; once, then only on demand. */
function useFirstRun(): void {
  const isEmpty = useComputed(() => hasTable.value && rows.value.length === 0).value;
  useEffect(() => {
    if (!isEmpty || !isAdmin() || isSetupSeen.peek() || path.peek() !== '/') return;
    void api.get<{ file: { state: string } }>('/config/status').then(
      ({ file }) => file.state === 'missing' && path.peek() === '/' && go('/setup', { replace: true }),
      () => {},
    );
  }, [isEmpty]);
}
