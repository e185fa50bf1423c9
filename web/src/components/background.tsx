/** What goes on beside every page, and is loaded after it: announcements, the badge of Discovery, who calls, the first set-up, the uplink. */
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { announcement, type Critical } from '../lib/announce';
import { api } from '../lib/client';
import { isMuted, isSetupSeen } from '../lib/prefs';
import { go, path } from '../lib/route';
import { isAdmin } from '../lib/session';
import { type Caller, caller, configTag, hasTable, issues, now, rows, takeCaller } from '../lib/store';
import { look, overview } from '../pages/discovery/state';

export { UplinkCard } from './uplink-card';

const LOOK_MS = 30_000;
/** Between two sentences. */
const QUIET_MS = 30_000;

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
  const isEmpty = hasTable.value && rows.value.length === 0;
  useEffect(() => {
    if (!isEmpty || !isAdmin() || isSetupSeen.peek() || path.peek() !== '/') return;
    void api.get<{ file: { state: string } }>('/config/status').then(
      ({ file }) => file.state === 'missing' && path.peek() === '/' && go('/setup', { replace: true }),
      () => {},
    );
  }, [isEmpty]);
}

function criticalNow(): Critical {
  const open = issues.peek().filter((it) => it.severity === 'critical' && !isMuted(it.id, now.peek()));
  return new Map(open.map((it) => [it.id, it.title]));
}

/** A polite live region. What was there when the page opened is not told. */
function Announcer() {
  const text = useSignal('');
  const told = useRef<Critical | undefined>(undefined);
  const last = useRef(0);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const list = issues.value;
  const isKnown = hasTable.value;
  useEffect(() => {
    if (!isKnown) return;
    if (!told.current) {
      told.current = criticalNow();
      return;
    }
    const tell = () => {
      const next = criticalNow();
      const sentence = announcement(told.current ?? next, next);
      if (!sentence) return;
      told.current = next;
      last.current = Date.now();
      text.value = sentence;
    };
    clearTimeout(timer.current);
    timer.current = setTimeout(tell, Math.max(0, last.current + QUIET_MS - Date.now()));
  }, [list, isKnown]);
  useEffect(() => () => clearTimeout(timer.current), []);
  return (
    <p aria-live="polite" data-announcer class="sr-only">
      {text.value}
    </p>
  );
}
