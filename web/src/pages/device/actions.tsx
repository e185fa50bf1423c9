import { useSignal } from '@preact/signals';
import { BellOff } from 'lucide';
import { Button, ButtonLink } from '../../components/button';
import { Icon } from '../../components/icon';
import { MenuItem, Popover } from '../../components/menu';
import { toast } from '../../components/toast';
import { deviceUrl, pollNow, switchOn } from '../../lib/device';
import { clock, plural } from '../../lib/format';
import { issuesOf, muteFor, SPANS } from '../../lib/mutes';
import { isMuted } from '../../lib/prefs';
import type { Row, State } from '../../lib/row';
import { isAdmin } from '../../lib/session';
import { now } from '../../lib/store';

/** What helps a device in such a state is in its form: credentials, or its kind. */
const NEXT: Partial<Record<State, string>> = { auth: 'Sign in', unknown: 'Identify' };

/** What can be done from here. The device is only read: what changes it is on its own page. */
export function Actions({ row, isDrawer = false }: { row: Row; isDrawer?: boolean }) {
  const url = deviceUrl(row);
  const isBusy = useSignal(false);
  const size = isDrawer ? 'small' : 'usual';
  const narrow = isDrawer ? '' : 'max-sm:hidden';
  const height = isDrawer ? '' : 'h-8!';
  const poll = async () => {
    isBusy.value = true;
    await pollNow(row);
    isBusy.value = false;
  };
  const enable = async () => {
    isBusy.value = true;
    await switchOn(row);
    isBusy.value = false;
  };
  return (
    <div class={`flex items-center gap-2 ${isDrawer ? 'flex-wrap' : ''}`}>
      {url && (
        <ButtonLink href={url} size={size} class={height} label="Open its page">
          <span class={narrow}>Open its page</span>
        </ButtonLink>
      )}
      {isDrawer && (
        <ButtonLink href={`/d/${encodeURIComponent(row.id)}`} size={size} icon="list">
          All details
        </ButtonLink>
      )}
      {isAdmin() && row.state in NEXT && (
        <ButtonLink href={`/settings/devices?edit=${encodeURIComponent(row.id)}`} weight="primary" size={size} class={height}>
          {NEXT[row.state]}
        </ButtonLink>
      )}
      {isAdmin() && row.state === 'disabled' && (
        <Button weight="primary" size={size} class={height} busy={isBusy.value} onClick={() => void enable()}>
          Enable
        </Button>
      )}
      {isAdmin() && row.state !== 'disabled' && (
        <Button size={size} icon="refresh" class={height} busy={isBusy.value} label="Poll now" onClick={() => void poll()}>
          <span class={narrow}>Poll now</span>
        </Button>
      )}
      <MuteMenu row={row} size={size} class={`${height} ${narrow}`} />
    </div>
  );
}

/** Hides the issues of this device for a while, in this browser. */
function MuteMenu({ row, size, class: className }: { row: Row; size: 'small' | 'usual'; class: string }) {
  const own = issuesOf(new Set([row.id]));
  if (own.length === 0) return null;
  const areMuted = own.every((issue) => isMuted(issue.id, now.value));
  const mute = (hours: number) => {
    const until = muteFor(own, hours, now.peek());
    toast(hours > 0 ? `Muted ${plural(own.length, 'issue')} until ${clock(until)}, in this browser` : 'Unmuted');
  };
  return (
    <Popover
      label="Mute"
      class="min-w-52"
      button={(isOpen, toggle) => (
        <Button size={size} icon={areMuted ? BellOff : 'bell'} class={className} label={`Mute, ${isOpen ? 'open' : 'closed'}`} onClick={toggle}>
          {areMuted ? 'Muted' : 'Mute'}
          <Icon name="down" size={12} class="text-ink3" />
        </Button>
      )}
    >
      {(close) => (
        <>
          {SPANS.map(([hours, text]) => (
            <MenuItem
              key={hours}
              onClick={() => {
                close();
                mute(hours);
              }}
            >
              For {text}
            </MenuItem>
          ))}
          {areMuted && (
            <MenuItem
              onClick={() => {
                close();
                mute(0);
              }}
            >
              Unmute
            </MenuItem>
          )}
          <p class="border-t border-line px-2.5 pt-2 pb-1 text-axis text-ink3">Kept in this browser only</p>
        </>
      )}
    </Popover>
  );
}
