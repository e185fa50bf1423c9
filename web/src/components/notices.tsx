/** What has to be known on every page: polling that is behind, a configuration file that cannot be read. */
import { useEffect, useState } from 'preact/hooks';
import type { ComponentChildren } from 'preact';
import { behindSecs } from '../lib/behind';
import { away } from '../lib/away';
import { moment, span, when } from '../lib/format';
import { isAdmin } from '../lib/session';
import { caller, connection, now, rows, slowNow } from '../lib/store';

export function Notices() {
  return (
    <>
      <BrokenFile />
      {away.value === undefined ? <Behind /> : <Away since={away.value} />}
    </>
  );
}

const Strip = ({ children }: { children: ComponentChildren }) => (
  <p role="status" class="border-b border-line bg-warn-soft px-4 py-2 text-control text-warn sm:px-5">
    {children}
  </p>
);

/** A cloud shows an agent that is not there: nothing on the page is from now. */
function Away({ since }: { since: number }) {
  if (connection.value === 'lost') return null;
  return (
    <Strip>
      {since > 0 ? (
        <>
          Values from <time dateTime={new Date(since).toISOString()} title={moment(since)}>{when(since, now.value)}</time>. The agent has not been heard
          since, for {span((now.value - since) / 1000)}.
        </>
      ) : (
        'This agent was never heard. Its token goes into an uplink of its configuration.'
      )}
    </Strip>
  );
}

function Behind() {
  const isConnected = connection.value === 'live' || connection.value === 'polling';
  const secs = isConnected ? behindSecs(rows.peek(), slowNow.value) : 0;
  // A page that was hidden shows old times for a moment: only what lasts is told.
  const [isLasting, setLasting] = useState(false);
  const isBehind = secs > 0;
  useEffect(() => {
    const timer = setTimeout(() => setLasting(isBehind), isBehind ? 4000 : 0);
    return () => clearTimeout(timer);
  }, [isBehind]);
  if (!isBehind || !isLasting) return null;
  return (
    <Strip>
      Polling is behind by {span(secs)}.{' '}
      {isAdmin() && (
        <a href="/settings/polling" class="underline">
          Change the interval
        </a>
      )}
    </Strip>
  );
}

function BrokenFile() {
  const file = caller.value?.file;
  if (!file || !('message' in file)) return null;
  const where = file.state === 'broken' ? ` at line ${file.line}, column ${file.column}` : '';
  return (
    <Strip>
      The configuration file cannot be read{where}: {file.message}. What was in force stays in force; nothing can be saved until the file is
      repaired.
    </Strip>
  );
}
