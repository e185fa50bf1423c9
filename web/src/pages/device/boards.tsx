/** Boards and their chips, coloured by heat. */
import { Num } from '../../components/num';
import * as format from '../../lib/format';
import { degrees } from '../../lib/prefs';
import type { Board, Miner } from '../../lib/reading';
import type { Row } from '../../lib/row';

/** Colours from the coolest chip up; each stands for a part of the way to the limit. */
const HEATS = ['bg-sunk text-ink2', 'bg-ok-soft text-ok', 'bg-warn-soft text-warn', 'bg-warn-fill text-[#12161c]', 'bg-bad text-bg'];

function heatOf(celsius: number, row: Row): string {
  const warning = row.warning_celsius ?? (row.critical_celsius ?? 90) - 10;
  const critical = row.critical_celsius ?? warning + 10;
  const step = celsius >= critical ? 4 : celsius >= warning ? 3 : celsius >= warning - 7 ? 2 : celsius >= warning - 18 ? 1 : 0;
  return HEATS[step]!;
}

export function Boards({ miner, row, class: className = '' }: { miner: Miner; row: Row; class?: string }) {
  if (miner.boards.length === 0) return null;
  return (
    <section aria-label="Boards and chips" class={className}>
      <h3 class="mb-2 text-control">Boards and chips</h3>
      <div class="flex flex-col gap-4">
        {miner.boards.map((board) => (
          <BoardView key={board.index} board={board} row={row} />
        ))}
      </div>
    </section>
  );
}

const WORDS: Record<string, string> = { hashing: '', idle: 'idle', missing: 'missing', failed: 'failed', off: 'off' };

function BoardView({ board, row }: { board: Board; row: Row }) {
  const chips = board.chips_celsius ?? [];
  const word = WORDS[board.state ?? 'hashing'] ?? board.state;
  const celsius = (value: number | undefined) => (value === undefined ? undefined : format.temperature(value, degrees.value));
  return (
    <div>
      <p class="flex flex-wrap items-baseline gap-x-3 text-caption text-ink2">
        <b class="font-medium text-ink">Board {board.index}</b>
        {word && <span class="font-medium text-bad">{word}</span>}
        {board.current_hps !== undefined && <Num q={format.hashrate(board.current_hps)} />}
        {board.chips !== undefined && <span>{format.plural(board.chips, 'chip')}</span>}
        {board.frequency_mhz !== undefined && <span>{format.inline({ text: format.count(board.frequency_mhz), unit: 'MHz' })}</span>}
        {board.chip_celsius_max !== undefined && (
          <span>
            {board.chip_celsius_min !== undefined && `${celsius(board.chip_celsius_min)!.text} to `}
            {format.inline(celsius(board.chip_celsius_max))}
          </span>
        )}
        {board.hardware_errors !== undefined && <span>{format.plural(board.hardware_errors, 'error')}</span>}
      </p>
      {chips.length > 0 && (
        <>
          <p class="sr-only">
            {format.plural(chips.length, 'chip')} between {Math.min(...chips)} and {Math.max(...chips)} °C.
          </p>
          <div aria-hidden="true" class="mt-1.5 grid grid-cols-[repeat(auto-fill,minmax(1.75rem,1fr))] gap-0.5">
            {chips.map((value, index) => (
              <span
                key={index}
                title={`Chip ${index}: ${format.inline(celsius(value))}`}
                class={`grid h-6 place-items-center rounded-cell text-axis ${heatOf(value, row)}`}
              >
                {celsius(value)!.text}
              </span>
            ))}
          </div>
        </>
      )}
    </div>
  );
}
