/** What runs here, what it costs, and whose work is in it. */
import type { ComponentChildren } from 'preact';
import notices from '../../../NOTICES.md?raw';
import { Panel } from '../../components/panel';
import { decimal, moment, span } from '../../lib/format';
import { useLoaded } from '../../lib/reading';
import { now, rows, slowNow, usage, version } from '../../lib/store';

/** What the agent tells of itself, if it has a place for that. */
interface AgentStatus {
  readonly started_at?: string;
  readonly time_zone?: string;
  readonly resident_bytes?: number;
  readonly cpu_percent?: number;
  readonly behind_ms?: number;
}

export function About() {
  const { value: agent } = useLoaded<AgentStatus>('/agent', Math.floor(slowNow.value / 15_000));
  const build = version.value;
  const memory = agent?.resident_bytes ?? usage.value?.resident_bytes;
  const cpu = agent?.cpu_percent ?? usage.value?.cpu_percent;
  return (
    <div class="flex flex-col gap-4">
      <Panel title="GoSlimStratum Agent">
        <dl class="grid grid-cols-[auto_minmax(0,1fr)] gap-x-8 gap-y-2.5 px-4 py-4 text-control">
          <Fact name="Version">{build ? build.version : '—'}</Fact>
          {build?.commit && (
            <Fact name="Commit">
              <span class="font-mono">{build.commit.slice(0, 12)}</span>
            </Fact>
          )}
          {build && (
            <Fact name="Built for">
              <span class="font-mono wrap-anywhere">{build.target}</span>
            </Fact>
          )}
          {agent?.started_at && (
            <Fact name="Running">
              {span((now.value - Date.parse(agent.started_at)) / 1000)}, since {moment(Date.parse(agent.started_at))}
            </Fact>
          )}
          <Fact name="Memory">{memory === undefined ? '—' : `${decimal(memory / 1e6, 1)} MB`}</Fact>
          <Fact name="Processor">{cpu === undefined ? '—' : `${decimal(cpu, 2)} % of one core`}</Fact>
          {agent?.behind_ms !== undefined && agent.behind_ms >= 1000 && <Fact name="Behind by">{decimal(agent.behind_ms / 1000, 1)} s</Fact>}
          <Fact name="Watches">{rows.value.length} sources</Fact>
        </dl>
        <p class="border-t border-line px-4 py-3 text-caption text-ink3">It only reads. Nothing here changes a miner, a pool or a server.</p>
      </Panel>
      <Panel title="Licences">
        <div class="px-4 py-4 text-control text-ink2">
          <p>The agent is yours under the Apache License 2.0 or the MIT license, as you like. This page contains:</p>
          <ul class="mt-3 flex flex-col gap-2">
            {parts().map(([name, by, licence]) => (
              <li key={name} class="flex flex-wrap justify-between gap-x-6 gap-y-0.5 border-t border-line pt-2">
                <span class="min-w-0">
                  <span class="font-medium text-ink">{name}</span> <span class="text-ink3">{by}</span>
                </span>
                <span>{licence}</span>
              </li>
            ))}
          </ul>
        </div>
      </Panel>
      <Panel title="Help">
        <p class="px-4 py-4 text-control text-ink2">
          Press <kbd class="rounded-cell border border-edge bg-raise px-1.5 font-mono text-caption">?</kbd> for the shortcuts. The API is described at{' '}
          <a class="underline" href="/api/v1/openapi.json" target="_blank" rel="noreferrer">
            /api/v1/openapi.json
          </a>
          , figures for Prometheus are at{' '}
          <a class="underline" href="/metrics" target="_blank" rel="noreferrer">
            /metrics
          </a>
          .
        </p>
      </Panel>
    </div>
  );
}

function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <>
      <dt class="text-ink3">{name}</dt>
      <dd class="min-w-0">{children}</dd>
    </>
  );
}

/** The rows of the notices: name, authors, licence. */
function parts(): [string, string, string][] {
  return notices.split('\n').flatMap((line): [string, string, string][] => {
    const cells = /^\| (.+) \| (.+) \|$/.exec(line);
    if (!cells || cells[2] === 'licence') return [];
    const [, what = '', licence = ''] = cells;
    const [name = '', ...by] = what.replaceAll(/\[([^\]]+)\]\([^)]*\)/g, '$1').split(', ');
    return [[name, by.join(', '), licence]];
  });
}
