/** What is known of a device beside its figures: its work, its sensors, who it is, and everything as JSON. */
import { Copy } from 'lucide';
import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { Button } from '../../components/button';
import { toast } from '../../components/toast';
import { copy } from '../../lib/copy';
import * as format from '../../lib/format';
import { degrees } from '../../lib/prefs';
import type { Miner, Reading } from '../../lib/reading';
import type { Row } from '../../lib/row';

type Fact = readonly [name: string, value: ComponentChildren];

/** Names and values; what is not known is left out. */
export function Facts({ title, facts, class: className = '' }: { title: string; facts: readonly Fact[]; class?: string }) {
  const known = facts.filter(([, value]) => value !== undefined && value !== '' && value !== false);
  if (known.length === 0) return null;
  return (
    <section aria-label={title} class={className}>
      <h3 class="mb-1.5 text-control">{title}</h3>
      <dl class="grid grid-cols-[minmax(6.5rem,auto)_minmax(0,1fr)] gap-x-4 gap-y-1.5 text-control">
        {known.map(([name, value]) => (
          <>
            <dt class="text-ink2">{name}</dt>
            <dd class="min-w-0 text-right break-words">{value}</dd>
          </>
        ))}
      </dl>
    </section>
  );
}

const when = <T,>(value: T | undefined, write: (value: T) => string): string | undefined => (value === undefined ? undefined : write(value));
const unit = (text: string, name: string) => format.inline({ text, unit: name });

export function Work({ miner, class: className = '' }: { miner: Miner; class?: string }) {
  const { work, hashing, power } = miner;
  const windows = Object.entries(hashing.windows_hps ?? {});
  const reasons = (work.reject_reasons ?? []).map(({ reason, count }) => `${reason} (${format.count(count)})`);
  return (
    <Facts
      title="Work"
      class={className}
      facts={[
        ...windows.map(([window, hps]): Fact => [`Hashrate, ${window}`, format.inline(format.hashrate(hps))]),
        ['Shares accepted', when(work.accepted, format.count)],
        ['Shares rejected', when(work.rejected, format.count)],
        ['Acceptance', work.accepted === undefined ? undefined : format.inline(format.acceptance(work.accepted, work.rejected ?? 0))],
        ['Reject reasons', reasons.join(', ')],
        ['Hardware errors', when(work.hardware_errors, format.count)],
        ['Blocks found', when(work.blocks_found, format.count)],
        ['Frequency', when(power.frequency_mhz, (mhz) => unit(format.count(mhz), 'MHz'))],
        ['Core voltage', when(power.core_millivolts, (mv) => unit(format.count(mv), 'mV'))],
        ['Input voltage', when(power.input_volts, (volts) => unit(format.decimal(volts, 1), 'V'))],
      ]}
    />
  );
}

const SENSORS: Record<string, string> = { chip: 'Chip', board: 'Board', regulator: 'Regulator', intake: 'Intake', outlet: 'Outlet', psu: 'Power supply' };

export function Sensors({ miner, class: className = '' }: { miner: Miner; class?: string }) {
  const several = (sensor: string) => miner.temperatures.filter((it) => it.sensor === sensor).length > 1;
  const temperatures = miner.temperatures.map(({ sensor, index, celsius }): Fact => [
    `${SENSORS[sensor] ?? sensor}${several(sensor) ? ` ${index}` : ''}`,
    format.inline(format.temperature(celsius, degrees.value)),
  ]);
  const fans = miner.fans.map(({ index, rpm, percent }): Fact => [
    `Fan${miner.fans.length > 1 ? ` ${index}` : ''}`,
    [when(percent, (value) => unit(format.count(value), '%')), when(rpm, (value) => unit(format.count(value), 'rpm'))].filter(Boolean).join(' · '),
  ]);
  const signal = miner.network.rssi_dbm;
  return <Facts title="Sensors" class={className} facts={[...temperatures, ...fans, ['Wi-Fi signal', when(signal, (dbm) => unit(format.decimal(dbm, 0), 'dBm'))]]} />;
}

export function Identity(props: { row: Row; miner: Miner | undefined; reading: Reading | undefined; class?: string }) {
  const { row, miner, reading } = props;
  const identity = miner?.identity;
  const interval = reading?.effective_interval_secs ?? row.interval_secs;
  return (
    <Facts
      title="Identity"
      class={props.class ?? ''}
      facts={[
        ['Firmware', [identity?.firmware, identity?.firmware_version].filter(Boolean).join(' ')],
        ['Board', identity?.board],
        ['Chip', identity?.chip],
        ['Host name', identity?.hostname],
        ['MAC', identity?.mac && <span class="font-mono text-caption">{identity.mac}</span>],
        ['Serial number', identity?.serial && <span class="font-mono text-caption">{identity.serial}</span>],
        ['Address', row.address && <span class="font-mono text-caption">{row.address}</span>],
        ['Asked as', row.kind],
        ['Asked every', when(interval, format.span)],
        ['Last answer took', when(reading?.took_ms, (ms) => unit(format.count(ms), 'ms'))],
      ]}
    />
  );
}

/** The reading as the API gives it. */
export function Raw({ reading, class: className = '' }: { reading: Reading | undefined; class?: string }) {
  const isOpen = useSignal(false);
  if (!reading) return null;
  // That of a pool with a thousand workers is long: it is written when somebody wants it.
  const text = isOpen.value ? JSON.stringify(reading, null, 2) : '';
  const toClipboard = async () => {
    const isDone = await copy(text);
    toast(isDone ? 'Copied the reading' : 'Copying is not possible here', { isBad: !isDone });
  };
  return (
    <section aria-label="Raw JSON" class={className}>
      <div class="flex items-center">
        <h3 class="flex-1 text-control">Raw JSON</h3>
        {isOpen.value && (
          <Button size="small" weight="quiet" icon={Copy} onClick={() => void toClipboard()}>
            Copy
          </Button>
        )}
        <Button size="small" weight="quiet" icon={isOpen.value ? 'up' : 'down'} onClick={() => (isOpen.value = !isOpen.value)}>
          {isOpen.value ? 'Hide' : 'Show'}
        </Button>
      </div>
      {isOpen.value && (
        <pre tabIndex={0} class="mt-2 max-h-96 overflow-auto rounded-control bg-sunk p-3 font-mono text-axis">
          {text}
        </pre>
      )}
    </section>
  );
}
