/**
 * The first run: the site and its password, its miners, its pools and servers. It stands at `/setup`, without the frame of the other pages,
 * and its step is in the address, so that a reload or a second browser goes on with it.
 */
import { useEffect } from 'preact/hooks';
import { ButtonLink } from '../../components/button';
import { Empty } from '../../components/empty';
import { Icon, Logo } from '../../components/icon';
import { ErrorBoundary } from '../../components/panel';
import { Toasts } from '../../components/toast';
import { useLoaded } from '../../lib/reading';
import { go, path, place } from '../../lib/route';
import { isAdmin, stage } from '../../lib/session';
import { isSetupSeen } from '../../lib/prefs';
import { caller, hasTable, rows } from '../../lib/store';
import { Done } from './done';
import { Miners } from './miners';
import { Services } from './services';
import { Site } from './site';
import { type ConfigStatus, type Step, STEPS } from './steps';

export function Setup() {
  const isFirst = stage.value === 'setup';
  useEffect(() => {
    document.title = `Set up · ${caller.value?.agent_name || 'GSSA'}`;
    if (path.peek() !== '/setup') go('/setup', { replace: true });
    isSetupSeen.value = true;
  }, []);
  const asked = place.value.query.get('step');
  const step: Step = isFirst ? 'site' : (STEPS.find(([it]) => it === asked)?.[0] ?? 'site');
  return (
    <div class="min-h-dvh px-4 pt-6 pb-12 sm:pt-10">
      <div class="mx-auto w-full max-w-2xl">
        <header class="mb-5 flex flex-wrap items-center gap-x-3 gap-y-4">
          <Logo size={32} />
          <h1 class="text-title">Set up GSSA</h1>
          <Steps step={step} />
        </header>
        <main id="main" tabIndex={-1} class="rounded-card border border-line bg-panel shadow-card outline-none">
          <ErrorBoundary key={step} what="This step">{isFirst ? <Site /> : <Inside step={step} asked={asked !== null} />}</ErrorBoundary>
        </main>
      </div>
      {/* At the bottom there are the buttons of the step. */}
      <div class="[&>div]:top-4 [&>div]:bottom-auto!">
        <Toasts />
      </div>
    </div>
  );
}

/** The steps of who is let in already. */
function Inside({ step, asked }: { step: Step; asked: boolean }) {
  const { value: status, failure } = useLoaded<ConfigStatus>('/config/status', 0);
  if (!isAdmin() || failure) return <Refused />;
  if (!status || !hasTable.value) return <div class="h-96" />;
  const isNew = status.file.state === 'missing' && rows.value.length === 0;
  if (!asked && !isNew) return <SetUpAlready />;
  switch (step) {
    case 'miners':
      return <Miners />;
    case 'services':
      return <Services />;
    case 'done':
      return <Done />;
    default:
      return <Site status={status} />;
  }
}

function Steps({ step }: { step: Step }) {
  const at = STEPS.findIndex(([it]) => it === step);
  return (
    <ol aria-label="Steps" class="ml-auto flex items-center gap-1.5 text-caption">
      {STEPS.map(([it, text], n) => (
        <li
          key={it}
          aria-current={n === at ? 'step' : undefined}
          class={`flex items-center gap-1.5 ${n > 0 ? 'before:mr-0.5 before:h-px before:w-3 before:bg-edge sm:before:w-5' : ''} ${n === at ? 'font-medium text-ink' : 'text-ink3'}`}
        >
          <span
            class={`grid size-5 place-items-center rounded-full text-axis ${
              n < at ? 'bg-ok-soft text-ok' : n === at ? 'bg-ink text-bg' : 'bg-sunk text-ink3 ring-1 ring-edge'
            }`}
          >
            {n < at ? <Icon name="check" size={12} /> : n + 1}
          </span>
          <span class="max-sm:sr-only">{text}</span>
        </li>
      ))}
    </ol>
  );
}

function SetUpAlready() {
  return (
    <Empty
      icon="check"
      title="This site is set up already"
      actions={
        <>
          <ButtonLink href="/" weight="primary">
            Go to Fleet
          </ButtonLink>
          <ButtonLink href="/settings">Open Settings</ButtonLink>
        </>
      }
    >
      There is a configuration. Everything that this assistant asks for can be changed in Settings.
    </Empty>
  );
}

function Refused() {
  return (
    <Empty icon="sliders" title="Only an admin can set this site up" actions={<ButtonLink href="/login">Log in</ButtonLink>}>
      You are looking without being logged in.
    </Empty>
  );
}
