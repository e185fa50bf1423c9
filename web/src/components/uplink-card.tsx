import { Cloud, CloudAlert, CloudOff, CloudUpload } from 'lucide';
import { type Tone, TEXT } from '../lib/states';
import { age, count, inline, bytes } from '../lib/format';
import { now, uplinks } from '../lib/store';
import { Icon, type IconName } from './icon';

const LOOKS: Record<string, readonly [word: string, tone: Tone, icon: IconName]> = {
  off: ['Off', 'idle', CloudOff],
  connecting: ['Connecting', 'idle', Cloud],
  on: ['On', 'ok', CloudUpload],
  catching_up: ['Catching up', 'warn', CloudUpload],
  trouble: ['Trouble', 'bad', CloudAlert],
  rejected: ['Rejected', 'auth', CloudAlert],
};

/** The link to the cloud, in the rail. Off is a state like another: nothing asks to connect. */
export function UplinkCard() {
  const [link, ...others] = uplinks.value;
  const state = link?.state ?? 'off';
  const [word, tone, icon] = LOOKS[state] ?? LOOKS.off!;
  return (
    <a href="/settings/uplink" class="block rounded-card border border-line bg-panel p-3 text-caption shadow-card hover:border-edge">
      <span class="flex items-center gap-2">
        <Icon name={icon} class={TEXT[tone]} />
        <span class="flex-1 font-medium">Cloud uplink</span>
        <span class={TEXT[tone]}>{link ? word : 'Set up'}</span>
      </span>
      {link && state !== 'off' && (
        <span class="mt-2 grid grid-cols-[1fr_auto] gap-x-2 gap-y-0.5 text-axis text-ink2">
          {link.last_sent_at && (
            <>
              <span>Last sent</span>
              <span class="text-right text-ink">{age(Date.parse(link.last_sent_at), now.value)}</span>
            </>
          )}
          {link.ledger?.queued && (
            <>
              <span>Waiting</span>
              <span class="text-right text-ink">
                {count(link.ledger.queued.items)}
                {link.ledger.queued.bytes > 0 && ` · ${inline(bytes(link.ledger.queued.bytes))}`}
              </span>
            </>
          )}
          {link.last_error && <span class="col-span-2 truncate text-bad">{link.last_error}</span>}
          {others.length > 0 && <span class="col-span-2">and {count(others.length)} more</span>}
        </span>
      )}
    </a>
  );
}
