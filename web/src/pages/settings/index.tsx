/** Settings: one draft of the configuration, shown section by section. */
import { CircleAlert, CloudAlert } from 'lucide';
import { useEffect } from 'preact/hooks';
import { Button, ButtonLink } from '../../components/button';
import { Empty, Skeleton, useIsLate } from '../../components/empty';
import { Icon } from '../../components/icon';
import { lazy } from '../../components/lazy';
import { Page } from '../../components/page';
import { plural } from '../../lib/format';
import { isAdmin } from '../../lib/session';
import { path } from '../../lib/route';
import { configTag } from '../../lib/store';
import { Access, Limits, Logging, Polling, Site } from './sections';
import { changes, conflict, discard, draft, errors, failure, isDirty, isOutdated, isReviewing, isSaving, load, saved, status } from './draft';
import { Leaving } from './leaving';
import { Nav, SECTIONS } from './nav';
import { hrefOf, labelOf, ProblemLinks } from './problems';

const Sources = lazy(() => import('./sources').then((it) => it.Sources));
const Uplink = lazy(() => import('../uplink').then((it) => it.UplinkSection));
const About = lazy(() => import('./about').then((it) => it.About));
const Json = lazy(() => import('./json').then((it) => it.Json));
const Versions = lazy(() => import('./versions').then((it) => it.Versions));
const Import = lazy(() => import('./import').then((it) => it.Import));
const Review = lazy(() => import('./review').then((it) => it.Review));
const Conflict = lazy(() => import('./conflict').then((it) => it.ConflictDialog));

const CONTENT: Record<string, () => preact.ComponentChild> = {
  site: () => <Site />,
  devices: () => <Sources key="devices" of="devices" />,
  pools: () => <Sources key="pools" of="pools" />,
  servers: () => <Sources key="servers" of="servers" />,
  polling: () => <Polling />,
  limits: () => <Limits />,
  access: () => <Access />,
  logging: () => <Logging />,
  uplink: () => <Uplink />,
  json: () => <Json />,
  versions: () => <Versions />,
  import: () => <Import />,
  about: () => <About />,
};

export function Settings() {
  const name = path.value.split('/')[2] ?? '';
  const section = SECTIONS.find((it) => it.name === name);
  // Windows with room beside the list show the first section as well.
  const shown = section ?? SECTIONS[0]!;
  useEffect(() => {
    if (isAdmin()) void load();
  }, []);
  useEffect(() => {
    // Of an own save the event may be here before the answer.
    if (!isSaving.peek() && isOutdated.peek()) void load();
  }, [configTag.value, isSaving.value]);
  if (!isAdmin() && name === 'uplink') {
    return (
      <Page title="Uplink">
        <div class="max-w-6xl p-4 sm:p-5">
          <Uplink />
        </div>
      </Page>
    );
  }
  if (!isAdmin()) {
    return (
      <Page title="Settings">
        <Empty icon="sliders" title="Settings are for the admin" actions={<ButtonLink href="/">Go to Fleet</ButtonLink>}>
          You can look at the fleet without logging in. To change something, log in.
        </Empty>
      </Page>
    );
  }
  const isList = name === '';
  return (
    <Page
      title={isList ? 'Settings' : `Settings: ${shown.text}`}
      note={<span />}
      {...(!isList && { back: { href: '/settings', text: 'All settings', isPhoneOnly: true } })}
    >
      <div class="grid max-w-6xl lg:grid-cols-[200px_minmax(0,1fr)]">
        <div class={isList ? '' : 'max-lg:hidden'}>
          <Nav at={isList ? '' : shown.name} />
        </div>
        <div class={`min-w-0 p-4 sm:p-5 ${isList ? 'max-lg:hidden' : ''} ${isDirty.value ? 'pb-28!' : ''}`}>
          <Notices />
          {saved.value ? CONTENT[shown.name]?.() : <Waiting />}
        </div>
      </div>
      <SaveBar />
      <Leaving />
      {isReviewing.value && <Review />}
      {conflict.value && <Conflict />}
    </Page>
  );
}

function Waiting() {
  const isLate = useIsLate(failure.value === '');
  if (failure.value) {
    return (
      <Empty icon={CloudAlert} title="The configuration cannot be read" actions={<Button onClick={() => void load()}>Try again</Button>}>
        {failure.value}
      </Empty>
    );
  }
  return isLate ? <Skeleton class="h-96 rounded-card!" /> : null;
}

/** What is wrong with the draft, and with the file. */
function Notices() {
  const file = status.value?.file;
  const isBroken = file?.state === 'broken' || file?.state === 'unreadable';
  const ofFile = (status.value?.problems ?? []).filter((it) => it.level === 'error');
  return (
    <>
      {isBroken && 'message' in file && (
        <p role="alert" class="mb-4 rounded-card bg-bad-soft px-4 py-3 text-control text-bad">
          The configuration file cannot be read{'line' in file && `, line ${file.line}, column ${file.column}`}: {file.message}. It is not overwritten; repair it first.
        </p>
      )}
      {errors.value.length > 0 && (
        <section id="problems" aria-labelledby="problems-title" tabIndex={-1} class="mb-4 scroll-mt-16 rounded-card border border-bad-fill bg-bad-soft px-4 py-3 outline-offset-2">
          <h2 id="problems-title" class="flex items-center gap-2 text-control text-bad">
            <Icon name={CircleAlert} />
            {plural(errors.value.length, 'problem')} to repair before saving
          </h2>
          <ProblemLinks problems={errors.value} />
        </section>
      )}
      {errors.value.length === 0 && !isDirty.value && ofFile.length > 0 && (
        <section aria-label="Problems of the file" class="mb-4 rounded-card bg-warn-soft px-4 py-3 text-control text-warn">
          {plural(ofFile.length, 'part')} of the configuration file {ofFile.length === 1 ? 'is' : 'are'} wrong and not in force:
          <ul class="mt-1 list-disc pl-5 text-caption">
            {ofFile.slice(0, 6).map((it) => (
              <li key={it.path}>
                <a class="underline" href={hrefOf(it.path, draft.value)}>
                  {labelOf(it.path, draft.value)}
                </a>{' '}
                {it.message}
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

/** Sticks at the bottom as long as something is not saved. */
function SaveBar() {
  if (!isDirty.value) return null;
  const n = errors.value.length;
  return (
    <div
      role="region"
      aria-label="Changes"
      class="fixed inset-x-0 bottom-[calc(4rem+env(safe-area-inset-bottom))] z-20 animate-rise border-t border-line bg-panel px-4 py-2.5 shadow-pop lg:bottom-0 lg:left-[216px]"
    >
      <div class="flex max-w-[69.75rem] items-center gap-2">
        <span class="min-w-0 flex-1 truncate text-control font-medium">
          {plural(changes.value.length, 'change')}
          <span class="font-normal text-ink3 max-sm:hidden"> not saved</span>
          {n > 0 && (
            <a href="#problems" class="ml-2 font-normal text-bad underline">
              {plural(n, 'problem')}
            </a>
          )}
        </span>
        <Button weight="quiet" onClick={discard}>
          Discard
        </Button>
        <Button weight="primary" onClick={() => (isReviewing.value = true)}>
          Review and save
        </Button>
      </div>
    </div>
  );
}
