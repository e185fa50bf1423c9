/** Tries a link as it is written, saved or not, and says in words what came of it. */
import { CircleAlert, PlugZap } from 'lucide';
import { useSignal } from '@preact/signals';
import { Button } from '../../components/button';
import { Icon } from '../../components/icon';
import { ApiError, messageOf } from '../../lib/api';
import type { components } from '../../lib/api-types';
import { api } from '../../lib/client';
import { count } from '../../lib/format';
import type { UplinkConfig } from './links';
import { sentence } from './words';

type Trial = components['schemas']['UplinkTrial'];

export function TestLink({ link }: { link: () => UplinkConfig }) {
  const isBusy = useSignal(false);
  const trial = useSignal<Pick<Trial, 'works' | 'text' | 'took_ms'> | undefined>(undefined);
  const run = async () => {
    isBusy.value = true;
    trial.value = undefined;
    try {
      trial.value = await api.post<Trial>('/uplinks/test', { uplink: link() });
    } catch (error) {
      const [first] = (error instanceof ApiError && error.problem.problems) || [];
      trial.value = { works: false, text: first ? `${first.path} ${first.message}`.replaceAll('`', '') : messageOf(error), took_ms: 0 };
    }
    isBusy.value = false;
  };
  return (
    <div class="rounded-control border border-line bg-raise p-3">
      <div class="flex items-center gap-3">
        <Button icon={PlugZap} busy={isBusy.value} onClick={() => void run()}>
          {isBusy.value ? 'Trying…' : 'Test connection'}
        </Button>
        <span class="min-w-0 flex-1 text-caption text-ink3">Tries once, sends no reading, saves nothing.</span>
      </div>
      <div role="status">
        {trial.value && (
          <p class={`mt-3 flex items-start gap-2 text-control ${trial.value.works ? '' : 'text-bad'}`} data-works={trial.value.works}>
            <Icon name={trial.value.works ? 'check' : CircleAlert} class={`mt-px ${trial.value.works ? 'text-ok' : ''}`} />
            <span class="min-w-0 wrap-anywhere">
              {sentence(trial.value.text)} {trial.value.took_ms > 0 && <span class="text-ink3">{count(trial.value.took_ms)} ms</span>}
            </span>
          </p>
        )}
      </div>
    </div>
  );
}
