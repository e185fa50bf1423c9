import { Cloud, CloudAlert, CloudOff, CloudUpload } from 'lucide';
import { TEXT } from '../lib/states';
import { age, bytes, count, inline } from '../lib/format';
import { isAdmin } from '../lib/session';
import { now, type Uplink, uplinks } from '../lib/store';
import { lookOf, rate, untilNext, worstOf } from '../lib/uplink';
import { Icon, type IconName } from './icon';

const ICONS: Record<string, IconName> = { off: CloudOff, on: CloudUpload, catching_up: CloudUpload, trouble: CloudAlert, rejected: CloudAlert };

/** The link to the cloud, in the rail; of several the one that needs most to be looked at. Off is a state like another: nothing asks to connect. */
export function UplinkCard() {
  const links = uplinks.value;
  const link = worstOf(links);
  const state = link?.state ?? 'off';
  const { word, tone } = lookOf(state);
  return (
    <a
      href={link && links.length > 1 ? `/settings/uplink?link=${encodeURIComponent(link.id)}` : '/settings/uplink'}
      class="block rounded-card border border-line bg-panel p-3 text-caption shadow-card hover:border-edge"
    >
      <span class="flex items-center gap-2">
        <Icon name={ICONS[state] ?? Cloud} class={TEXT[tone]} />
        <span class="min-w-0 flex-1 truncate font-medium">{links.length > 1 ? link?.id : 'Cloud uplink'}</span>
        <span class={TEXT[tone]}>{link ? word : isAdmin() ? 'Set up' : word}</span>
      </span>
      {link && state !== 'off' && <Lines link={link} />}
      {links.length > 1 && <span class="mt-1 block text-axis text-ink3">and {count(links.length - 1)} more</span>}
    </a>
  );
}

function Lines({ link }: { link: Uplink }) {
  const isStopped = link.state === 'trouble' || link.state === 'rejected';
  const queued = link.ledger?.queued;
  const perSecond = link.state === 'catching_up' ? rate(link.id) : undefined;
  const next = untilNext(link, now.value);
  return (
    <span class="mt-2 grid grid-cols-[auto_1fr] gap-x-2 gap-y-0.5 text-axis text-ink2 tabular-nums">
      {isStopped && link.last_error && <span class="col-span-2 line-clamp-2 wrap-anywhere first-letter:uppercase">{link.last_error}</span>}
      {!isStopped && link.last_sent_at && <Line name="Last sent" text={age(Date.parse(link.last_sent_at), now.value)} />}
      {queued && (queued.items > 0 || !isStopped) && (
        <Line name="Waiting" text={perSecond ? `${count(queued.items)} · ${count(perSecond)}/s` : `${count(queued.items)}${queued.bytes > 0 ? ` · ${inline(bytes(queued.bytes))}` : ''}`} />
      )}
      {isStopped && link.last_acknowledged_at && <Line name="Last stored" text={age(Date.parse(link.last_acknowledged_at), now.value)} />}
      {isStopped && next && <Line name="Next try" text={next} />}
      {link.state === 'rejected' && isAdmin() && <span class="col-span-2 font-medium text-auth">Replace the token</span>}
    </span>
  );
}

function Line({ name, text }: { name: string; text: string }) {
  return (
    <>
      <span>{name}</span>
      <span class="truncate text-right text-ink">{text}</span>
    </>
  );
}
