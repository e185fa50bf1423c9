/** The configuration cannot be read, so nobody can log in. Nothing can be done from here but to see what is wrong and where. */
import { useSignal } from '@preact/signals';
import { FileWarning, Copy } from 'lucide';
import { useEffect } from 'preact/hooks';
import { Button } from '../../components/button';
import { Icon } from '../../components/icon';
import { toast, Toasts } from '../../components/toast';
import { copy } from '../../lib/copy';
import { ask } from '../../lib/session';
import { caller, connection } from '../../lib/store';

const LOOK_AGAIN_MS = 3000;

export function Broken() {
  const { file, agent_name: site = 'GSSA' } = caller.value ?? {};
  const isLooking = useSignal(false);
  const look = async () => {
    isLooking.value = true;
    await ask().catch(() => {});
    isLooking.value = false;
  };
  useEffect(() => {
    document.title = `Configuration cannot be read · ${site}`;
    const timer = setInterval(() => !document.hidden && void ask().catch(() => {}), LOOK_AGAIN_MS);
    return () => clearInterval(timer);
  }, [site]);
  const at = file?.state === 'broken' ? file : undefined;
  const reason = file && 'message' in file ? file.message : 'the password in it, server.password_hash, is not a hash that the agent knows';
  return (
    <main class="grid min-h-dvh place-items-center px-4 py-10">
      <div class="w-full max-w-xl">
        <div class="rounded-card border border-line bg-panel shadow-card">
          <div class="flex items-start gap-4 p-5 sm:p-6">
            <span class="grid size-11 shrink-0 place-items-center rounded-card bg-bad-soft text-bad">
              <Icon name={FileWarning} size={22} />
            </span>
            <div class="min-w-0">
              <h1 class="text-title">The configuration cannot be read</h1>
              <p class="mt-1 text-control text-ink2">
                The agent runs without it, polls nothing, and leaves the file as it is. Repair it in an editor on the agent’s machine.
              </p>
            </div>
          </div>
          <dl class="grid grid-cols-[auto_minmax(0,1fr)] gap-x-6 gap-y-2 border-y border-line bg-raise px-5 py-4 text-control sm:px-6">
            <dt class="text-ink3">File</dt>
            <dd class="font-mono text-caption/5">config.json</dd>
            {at && (
              <>
                <dt class="text-ink3">Line</dt>
                <dd data-broken="line">{at.line}</dd>
                <dt class="text-ink3">Column</dt>
                <dd data-broken="column">{at.column}</dd>
              </>
            )}
            <dt class="text-ink3">Reason</dt>
            <dd data-broken="reason" class="break-words text-bad">
              {reason}
            </dd>
          </dl>
          <div class="p-5 text-control text-ink2 sm:p-6">
            <ol class="list-decimal space-y-1.5 pl-5">
              <li>
                Open the file that the agent was started with; its log names the mistake too.
                {at && ` The mistake is often just before line ${at.line}, column ${at.column}.`}
              </li>
              <li>
                Check it with <code class="rounded-cell bg-sunk px-1 py-px font-mono text-caption text-ink">gssa check-config</code>, which
                lists everything that is wrong.
              </li>
              <li>Save it. The agent reads it again by itself, and this page goes on.</li>
            </ol>
            <div class="mt-5 flex flex-wrap items-center gap-2">
              <Button weight="primary" icon="refresh" busy={isLooking.value} onClick={() => void look()}>
                Look again
              </Button>
              <Button
                icon={Copy}
                onClick={() => {
                  const where = at ? `config.json:${at.line}:${at.column}: ` : 'config.json: ';
                  void copy(where + reason).then((isDone) => toast(isDone ? 'Copied' : 'The browser did not let it be copied', { isBad: !isDone }));
                }}
              >
                Copy the reason
              </Button>
              <span role="status" class="text-caption text-ink3">
                {connection.value === 'lost' ? 'The agent does not answer' : 'Looks again every 3 s'}
              </span>
            </div>
          </div>
        </div>
        <p class="mt-4 text-center text-caption text-ink3">{site} · GoSlimStratum Agent</p>
      </div>
      <Toasts />
    </main>
  );
}
