import { Segmented } from '../../components/segmented';
import { columns, degrees, isCompact } from '../../lib/prefs';
import { COLUMNS, chosen } from './columns';

/** Which columns there are, how high the rows, and in which unit heat is told. */
export function ColumnChooser() {
  const ids = chosen(columns.value).map((column) => column.id);
  const toggle = (id: string) => {
    const next = ids.includes(id) ? ids.filter((it) => it !== id) : [...ids, id];
    if (next.length > 0) columns.value = next;
  };
  return (
    <div class="p-1.5">
      <div class="max-h-80 overflow-y-auto">
        {COLUMNS.map(({ id, title, longTitle }) => (
          <label key={id} class="flex items-center gap-2.5 rounded-small px-1.5 py-1.25 text-control hover:bg-raise">
            <input type="checkbox" class="size-4 accent-ink" checked={ids.includes(id)} onChange={() => toggle(id)} />
            {longTitle ?? title}
          </label>
        ))}
      </div>
      <div class="mt-2 flex flex-col gap-2 border-t border-line px-1.5 pt-3 pb-1 text-control">
        <div class="flex items-center justify-between">
          Rows
          <Segmented
            label="Height of rows"
            value={isCompact.value ? 'compact' : 'usual'}
            options={[['usual', 'Usual'], ['compact', 'Compact']] as const}
            onChange={(value) => (isCompact.value = value === 'compact')}
          />
        </div>
        <div class="flex items-center justify-between">
          Temperature
          <Segmented
            label="Unit of temperatures"
            value={degrees.value}
            options={[['celsius', '°C'], ['fahrenheit', '°F']] as const}
            onChange={(value) => (degrees.value = value)}
          />
        </div>
        <button type="button" class="self-start text-caption text-ink2 underline hover:text-ink" onClick={() => (columns.value = [])}>
          Back to the usual columns
        </button>
      </div>
    </div>
  );
}
