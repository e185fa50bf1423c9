/** What a save would change, in words, before it is saved. */
import { TriangleAlert } from 'lucide';
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { Button } from '../../components/button';
import { Dialog } from '../../components/dialog';
import { Icon } from '../../components/icon';
import { messageOf } from '../../lib/api';
import { type Change, type Told, tell } from '../../lib/config-diff';
import type { Config } from '../../lib/config';
import { plural } from '../../lib/format';
import { stage } from '../../lib/session';
import { changes, check, draft, errors, isReviewing, isSaving, problems, save, saved, schema } from './draft';
import { Marked } from './form';
import { labelOf, ProblemLinks } from './problems';

export function Review() {
  const failure = useSignal('');
  const isChecked = useSignal(false);
  // Again after a login over the page, since the check before it was refused.
  useEffect(() => {
    if (stage.value !== 'in') return;
    failure.value = '';
    check().then(
      () => (isChecked.value = true),
      (error: unknown) => (failure.value = messageOf(error)),
    );
  }, [stage.value]);
  const close = () => (isReviewing.value = false);
  const warnings = problems.value.filter((it) => it.level === 'warning');
  const n = changes.value.length;
  const before = saved.value?.config ?? {};
  const told = toldOf(changes.value, before, draft.value);
  return (
    <Dialog
      title={`Review ${plural(n, 'change')}`}
      onClose={close}
      footer={
        <>
          <Button onClick={close}>Back to editing</Button>
          <Button weight="primary" busy={isSaving.value} disabled={!isChecked.value || errors.value.length > 0 || n === 0} onClick={() => void save(`Saved ${plural(n, 'change')}`)}>
            Save {plural(n, 'change')}
          </Button>
        </>
      }
    >
      {failure.value && <p class="mb-3 text-control text-bad">{failure.value}</p>}
      {errors.value.length > 0 && (
        <div class="mb-4 rounded-control bg-bad-soft px-3 py-2.5" onClick={(event) => (event.target as Element).closest('a') && close()}>
          <p class="text-control font-medium text-bad">{plural(errors.value.length, 'problem')} to repair first</p>
          <ProblemLinks problems={errors.value} />
        </div>
      )}
      <ChangeList told={told} />
      {told.some((it) => it.needsRestart) && <p class="mt-4 text-control text-ink2">Changes of log files and format are in force when the agent is started again.</p>}
      {warnings.length > 0 && (
        <ul class="mt-4 flex flex-col gap-1.5 border-t border-line pt-3 text-caption text-ink2">
          {warnings.slice(0, 8).map((it) => (
            <li key={it.path + it.message} class="flex items-start gap-1.5">
              <Icon name={TriangleAlert} size={14} class="mt-px text-warn" />
              <span>
                {labelOf(it.path, draft.value)}: <Marked text={it.message} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </Dialog>
  );
}

export function toldOf(list: readonly Change[], before: Config, after: Config): Told[] {
  const root = schema.value;
  return root ? list.map((it) => tell(it, root, { before, after })) : [];
}

const SHOWN = 60;

/** Changes under what they are about. */
export function ChangeList({ told }: { told: readonly Told[] }) {
  const groups = new Map<string, Told[]>();
  for (const it of told.slice(0, SHOWN)) groups.set(it.where, [...(groups.get(it.where) ?? []), it]);
  return (
    <div class="flex flex-col gap-3">
      {[...groups].map(([where, all]) => (
        <div key={where}>
          {!all.every((it) => it.from === undefined) && <h3 class="mb-1 text-caption font-medium text-ink3">{where}</h3>}
          <ul class="flex flex-col gap-1">
            {all.map((it) => (
              <li key={it.what} class="text-control wrap-anywhere">
                {it.what}
                {it.from !== undefined && (
                  <>
                    {' '}
                    <span class="text-ink3 line-through decoration-1">{it.from}</span>
                    <span class="px-1.5 text-ink3">→</span>
                    <span class="font-medium">{it.to}</span>
                  </>
                )}
              </li>
            ))}
          </ul>
        </div>
      ))}
      {told.length > SHOWN && <p class="text-control text-ink3">and {told.length - SHOWN} more</p>}
    </div>
  );
}
