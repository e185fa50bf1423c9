import { useMemo } from 'preact/hooks';
import { Button } from '../../components/button';
import { Search } from '../../components/search';
import { Choice } from '../../components/text-field';
import { place, setQuery } from '../../lib/route';
import { rows, rowsById } from '../../lib/store';
import { type Asked, SPANS } from './entries';

type Options = readonly (readonly [value: string, text: string])[];

/** The filters above a list, and the export of what they leave. */
export function Filters({ asked, kinds, hasTime, onExport }: { asked: Asked; kinds: Options; hasTime: boolean; onExport: (() => void) | undefined }) {
  const places = useMemo(() => [...new Set(rows.value.flatMap((row) => row.group ?? []))].sort(), [rows.value]);
  const set = (key: string) => (value: string) => setQuery({ [key]: value }, { replace: true });
  const source = rowsById.value.get(asked.source);
  return (
    <div class="flex flex-wrap items-center gap-2 border-b border-line px-3 py-2.5">
      <Search value={asked.q} placeholder="Name, place, words" class="w-56 max-sm:w-auto max-sm:flex-1" onChange={set('q')} />
      <div class="flex gap-2 max-sm:order-3 max-sm:w-full">
        <Choice label="Kind" value={asked.kind} options={[['', 'Every kind'], ...kinds]} onChange={set('kind')} />
        {places.length > 0 && <Choice label="Place" value={asked.place} options={[['', 'Every place'], ...places.map((it) => [it, it] as const)]} onChange={set('place')} />}
        {hasTime && <Choice label="Time" value={asked.since} options={[['', 'All of it'], ...SPANS.map(([name, text]) => [name, text] as const)]} onChange={set('since')} />}
      </div>
      {hasTime && asked.source !== '' && (
        <Button size="small" class="max-lg:h-10 max-sm:order-4" icon="x" label={`${source?.name ?? asked.source}: show every device`} onClick={() => set('source')('')}>
          {source?.name ?? asked.source}
        </Button>
      )}
      <Button size="small" class="ml-auto h-8! max-lg:h-10!" icon="download" disabled={!onExport} onClick={() => onExport?.()}>
        CSV
      </Button>
    </div>
  );
}

/** Whether less than all is asked for. */
export const isNarrowed = (asked: Asked) => Object.values(asked).some((it) => it !== '');

export function clearFilters(): void {
  const keep = place.peek().query.get('view') ?? undefined;
  setQuery({ q: undefined, kind: undefined, place: undefined, since: undefined, source: undefined, view: keep }, { replace: true });
}

export const csvName = (what: string) => `gssa-${what}-${new Date().toISOString().slice(0, 10)}.csv`;
