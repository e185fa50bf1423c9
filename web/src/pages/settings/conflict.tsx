/** Somebody saved while a draft was made: what both changed is asked, the rest is put together. */
import { useSignal } from '@preact/signals';
import { Button } from '../../components/button';
import { Dialog } from '../../components/dialog';
import { applyChange, changesOf, type Conflict, conflictsOf } from '../../lib/config-diff';
import { plural } from '../../lib/format';
import { changes, conflict, draft, isReviewing, problems, saved } from './draft';
import { ChangeList, toldOf } from './review';

type Side = 'mine' | 'theirs';

export function ConflictDialog() {
  const theirs = conflict.value;
  const base = saved.value;
  const picks = useSignal<Record<number, Side>>({});
  if (!theirs || !base) return null;
  const others = changesOf(base.config, theirs.config);
  const both = conflictsOf(changes.value, others);
  const onlyTheirs = others.filter((it) => !both.some((one) => one.theirs === it));
  const take = (isMine: boolean) => {
    const isIn = (change: unknown) => both.some((it) => it.mine.path === change || it.path === change);
    let next = theirs.config;
    if (isMine) {
      const alone = changes.value.filter((it) => !both.some((one) => isBelow(it.path, one.path)) && !isIn(it));
      const chosen = both.filter((_, at) => (picks.value[at] ?? 'mine') === 'mine').map((it) => it.mine);
      next = [...alone, ...chosen].reduce(applyChange, next);
    }
    saved.value = theirs;
    draft.value = next;
    problems.value = [];
    conflict.value = undefined;
    if (isMine && changes.value.length > 0) isReviewing.value = true;
  };
  return (
    <Dialog
      title="The configuration was changed meanwhile"
      onClose={() => (conflict.value = undefined)}
      footer={
        <>
          <Button weight="quiet" class="mr-auto" onClick={() => take(false)}>
            Drop my changes
          </Button>
          <Button weight="primary" onClick={() => take(true)}>
            Put together and review
          </Button>
        </>
      }
    >
      <p class="text-control text-ink2">
        Somebody else, or a program, saved while you were editing.{' '}
        {both.length > 0 ? `${plural(both.length, 'field')} changed on both sides: choose one each.` : 'Nothing changed on both sides.'}
      </p>
      {both.map((it, at) => (
        <Pick key={it.path.join()} it={it} side={picks.value[at] ?? 'mine'} onPick={(side) => (picks.value = { ...picks.value, [at]: side })} />
      ))}
      {onlyTheirs.length > 0 && (
        <div class="mt-5 border-t border-line pt-4">
          <h3 class="mb-2 text-control">Changed by them, and kept</h3>
          <ChangeList told={toldOf(onlyTheirs, base.config, theirs.config)} />
        </div>
      )}
    </Dialog>
  );
}

const isBelow = (path: readonly string[], above: readonly string[]) => above.every((step, at) => path[at] === step);

function Pick({ it, side, onPick }: { it: Conflict; side: Side; onPick: (side: Side) => void }) {
  const before = saved.value?.config ?? {};
  const [mine] = toldOf([it.mine], before, draft.value);
  const [theirs] = toldOf([it.theirs], before, conflict.value?.config ?? {});
  const name = `pick-${it.path.join('-')}`;
  const options: readonly (readonly [Side, string, string])[] = [
    ['mine', 'Yours', mine?.to ?? mine?.what ?? ''],
    ['theirs', 'Theirs', theirs?.to ?? theirs?.what ?? ''],
  ];
  return (
    <fieldset class="mt-4">
      <legend class="mb-1.5 text-control font-medium">
        {mine?.where} · {mine?.from === undefined ? 'as a whole' : mine.what}
        {mine?.from !== undefined && <span class="font-normal text-ink3"> (was {mine.from})</span>}
      </legend>
      <div class="grid grid-cols-2 gap-2">
        {options.map(([value, title, text]) => (
          <label key={value} class={`flex cursor-pointer items-start gap-2 rounded-control border p-2.5 text-control ${side === value ? 'border-ink bg-raise' : 'border-edge'}`}>
            <input type="radio" name={name} checked={side === value} class="mt-0.5 accent-ink" onChange={() => onPick(value)} />
            <span class="min-w-0">
              <span class="block text-caption text-ink3">{title}</span>
              <span class="block font-medium wrap-anywhere">{text}</span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
