/** How a link is, in words, with what to do. */
import { Cloud, CloudAlert, CloudOff, CloudUpload, Ellipsis, type IconNode, KeyRound, Pencil, Trash2, TriangleAlert } from 'lucide';
import type { ComponentChildren } from 'preact';
import { ButtonLink, IconButton } from '../../components/button';
import { Icon } from '../../components/icon';
import { MenuItem, Popover } from '../../components/menu';
import { Panel } from '../../components/panel';
import { age, count, moment, span, when } from '../../lib/format';
import { go } from '../../lib/route';
import { isAdmin } from '../../lib/session';
import { SOFT, TEXT } from '../../lib/states';
import { now, type Uplink, uplinks } from '../../lib/store';
import { lookOf, rate, untilNext } from '../../lib/uplink';
import { Toggle } from '../settings/controls';
import { editHref, switchLink, type UplinkConfig } from './links';
import { CARRIERS, sentence, storyOf } from './words';

const ICONS: Record<string, IconNode> = { off: CloudOff, on: CloudUpload, catching_up: CloudUpload, trouble: CloudAlert, rejected: CloudAlert };

export function CloudIcon({ state = '' }: { state?: string | undefined }) {
  return <Icon name={ICONS[state] ?? Cloud} class={TEXT[lookOf(state).tone]} />;
}

/** `onDrop` asks before what waits is given up. */
export function State({ id, link, onDrop }: { id: string; link: UplinkConfig; onDrop: (isDeleted: boolean) => void }) {
  const told = uplinks.value.find((it) => it.id === id);
  const isOn = link.enabled !== false;
  const state = isOn ? told?.state : 'off';
  const { word, tone } = lookOf(state);
  const waiting = told?.ledger?.queued.items ?? 0;
  return (
    <Panel title={`Uplink ${id}`} hideTitle clip={false}>
      <div class="flex items-center gap-3 px-4 pt-4 sm:px-5">
        <span class={`flex size-10 shrink-0 items-center justify-center rounded-control ${SOFT[tone]}`}>
          <Icon name={ICONS[state ?? ''] ?? Cloud} size={20} />
        </span>
        <div class="min-w-0 flex-1">
          <h2 class="truncate text-title">{id}</h2>
          <p class={`text-control font-medium ${TEXT[tone]}`} data-state={state ?? 'unknown'} aria-live="polite">
            {word}
          </p>
        </div>
        {isAdmin() && (
          <>
            <Toggle aria-label={`Send to ${id}`} isOn={isOn} onChange={(to) => (!to && waiting > 0 ? onDrop(false) : void switchLink(id, to))} />
            <Popover
              label={`Change ${id}`}
              button={(open, toggle) => <IconButton name={Ellipsis} label={`Change ${id}`} expanded={open} onClick={toggle} />}
            >
              {(close) => (
                <>
                  <MenuItem icon={Pencil} onClick={() => go(editHref(id))}>Edit</MenuItem>
                  <MenuItem icon={KeyRound} onClick={() => go(editHref(id, true))}>Replace token</MenuItem>
                  <MenuItem
                    icon={Trash2}
                    danger
                    onClick={() => {
                      close();
                      onDrop(true);
                    }}
                  >
                    Delete
                  </MenuItem>
                </>
              )}
            </Popover>
          </>
        )}
      </div>
      <div class="px-4 pt-3 pb-4 sm:px-5">
        <Story link={isOn ? told : ({ state: 'off' } as Uplink)} />
        {state === 'rejected' && isAdmin() && (
          <ButtonLink weight="primary" class="mt-3" href={editHref(id, true)}>
            Replace token
          </ButtonLink>
        )}
        {isOn && (told?.notes ?? []).map((note) => (
          <p key={note} class="mt-3 flex items-start gap-2 rounded-control bg-warn-soft px-3 py-2 text-control text-warn">
            <Icon name={TriangleAlert} class="mt-0.5" />
            <span class="min-w-0 wrap-anywhere">{sentence(note)}</span>
          </p>
        ))}
      </div>
      <Facts endpoint={link.endpoint ?? told?.endpoint ?? ''} link={isOn ? told : undefined} />
    </Panel>
  );
}

function Story({ link }: { link: Uplink | undefined }) {
  const next = link && untilNext(link, now.value);
  return (
    <div class="max-w-[70ch] text-body text-ink2">
      {storyOf(link, now.value, link && rate(link.id)).map((it) => (
        <p key={it} class="wrap-anywhere">
          {it}
        </p>
      ))}
      {next && (
        <p>
          Next try {next === 'now' ? 'now' : <>in <span class="font-medium text-ink tabular-nums" data-next>{next}</span></>}.
        </p>
      )}
    </div>
  );
}

function Facts({ endpoint, link }: { endpoint: string; link: Uplink | undefined }) {
  const offset = link?.clock_offset_ms;
  return (
    <dl class="grid grid-cols-2 gap-x-6 gap-y-3 border-t border-line px-4 py-4 text-control sm:grid-cols-3 sm:px-5 xl:grid-cols-4">
      <Fact name="Endpoint" isWide>
        <span class="font-mono text-caption wrap-anywhere">{endpoint}</span>
      </Fact>
      {link?.carrier && <Fact name={link.connected_since ? 'Carrier' : 'Carrier tried next'}>{CARRIERS[link.carrier] ?? link.carrier}</Fact>}
      {link?.connected_since && <Since name="Connected for" at={link.connected_since} isSpan />}
      {link?.server && <Fact name="Receiver">{link.server}</Fact>}
      {link?.agent && <Fact name="Known there as">{link.agent}</Fact>}
      {link?.last_sent_at && <Since name="Last sent" at={link.last_sent_at} />}
      {link?.last_acknowledged_at && <Since name="Last acknowledged" at={link.last_acknowledged_at} />}
      {link?.ack_delay_ms !== undefined && <Fact name="Stored after">{count(link.ack_delay_ms)} ms</Fact>}
      {offset !== undefined && (
        <Fact name="Clock of the receiver">
          {Math.abs(offset) < 1000 ? 'the same' : `${span(Math.abs(offset) / 1000)} ${offset > 0 ? 'ahead' : 'behind'}`}
        </Fact>
      )}
    </dl>
  );
}

function Fact({ name, isWide, title, children }: { name: string; isWide?: boolean; title?: string; children: ComponentChildren }) {
  return (
    <div class={`min-w-0 ${isWide ? 'col-span-2' : ''}`} title={title}>
      <dt class="text-caption text-ink3">{name}</dt>
      <dd class="wrap-anywhere">{children}</dd>
    </div>
  );
}

function Since({ name, at, isSpan }: { name: string; at: string; isSpan?: boolean }) {
  const ms = Date.parse(at);
  return (
    <Fact name={name} title={moment(ms)}>
      {isSpan ? (
        <>
          {span((now.value - ms) / 1000)} <span class="text-ink3">since {when(ms, now.value)}</span>
        </>
      ) : (
        age(ms, now.value)
      )}
    </Fact>
  );
}
