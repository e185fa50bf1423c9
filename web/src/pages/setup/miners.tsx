/** The second step: what the network has. */
import { useSignal } from '@preact/signals';
import { Button } from '../../components/button';
import { count, plural } from '../../lib/format';
import { miners } from '../../lib/store';
import { Bar, useNewOnes } from '../discovery/findings';
import { FindingRow, keyOf } from '../discovery/finding-row';
import { ScanForm, ScanProgress, useSearch } from '../discovery/scan';
import { overview, report } from '../discovery/state';
import { StepBody } from './step';
import { goTo } from './steps';

export function Miners() {
  useSearch();
  const search = report.value;
  const selected = useSignal<ReadonlySet<string>>(new Set());
  const wantsAgain = useSignal(false);
  const fresh = search?.results.filter((it) => it.status === 'new') ?? [];
  const others = search?.results.filter((it) => it.status === 'needs_password' || it.status === 'unknown') ?? [];
  useNewOnes(search?.results.filter((it) => it.status === 'new') ?? NONE, selected, true);
  const watched = miners.value.length;
  const isRunning = search?.state === 'running';
  return (
    <StepBody
      title="Your miners"
      text="The agent asks each address of its networks what is there. It only asks: nothing is changed on a device."
      footer={
        <>
          {watched > 0 && <span class="mr-auto text-caption text-ink2">{plural(watched, 'miner')} watched</span>}
          <Button weight={watched > 0 ? 'primary' : 'quiet'} onClick={() => goTo('services')}>
            {watched > 0 ? 'Go on' : 'Skip'}
          </Button>
        </>
      }
    >
      {overview.value && (!search || wantsAgain.value) && !isRunning && <ScanForm onBegin={() => (wantsAgain.value = false)} />}
      {search && !wantsAgain.value && (
        <>
          <div class="flex items-start gap-3">
            <div class="min-w-0 flex-1">
              <ScanProgress search={search} />
            </div>
            {!isRunning && (
              <Button size="small" class="max-lg:h-9" icon="refresh" onClick={() => (wantsAgain.value = true)}>
                Scan again
              </Button>
            )}
          </div>
          {fresh.length > 0 && (
            <div class="mt-4 overflow-clip rounded-card border border-line">
              <Bar list={fresh} selected={selected} />
              <ul class="max-h-[22rem] divide-y divide-line overflow-y-auto">
                {fresh.map((it) => (
                  <FindingRow key={keyOf(it)} finding={it} selected={selected} isPlain />
                ))}
              </ul>
            </div>
          )}
          {!isRunning && fresh.length === 0 && (
            <p class="mt-4 rounded-control bg-sunk px-3 py-2.5 text-control text-ink2">
              {watched > 0 ? 'Everything that was found is added.' : 'No miner answered. Scan other addresses, or add devices by their address in Settings.'}
            </p>
          )}
          {others.length > 0 && (
            <p class="mt-3 text-caption text-ink3">
              {count(others.length)} more {others.length === 1 ? 'device answers' : 'devices answer'} and {others.length === 1 ? 'wants' : 'want'} a
              password or cannot be named. They wait in Discovery.
            </p>
          )}
        </>
      )}
    </StepBody>
  );
}

const NONE: never[] = [];
