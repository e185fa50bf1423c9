import { ButtonLink } from '../../components/button';
import { Empty, Skeleton, useIsLate } from '../../components/empty';
import { prefix } from '../../lib/route';
import { isAdmin } from '../../lib/session';

/** What stands there before the first answer. */
export function Loading() {
  if (!useIsLate(true)) return null;
  return (
    <div role="status" aria-label="Loading" class="flex flex-col gap-4 p-4 sm:p-5">
      <Skeleton class="h-32 rounded-card" />
      <div class="grid gap-4 lg:grid-cols-[4fr_7fr]">
        <Skeleton class="h-56 rounded-card" />
        <Skeleton class="h-56 rounded-card max-lg:hidden" />
      </div>
      <Skeleton class="h-96 rounded-card" />
    </div>
  );
}

export function NoMiners() {
  return (
    <Empty
      icon="radar"
      title="No miners yet"
      actions={
        isAdmin() && (
          <>
            <ButtonLink href="/discovery" weight="primary" icon="radar">
              Scan network
            </ButtonLink>
            <ButtonLink href="/settings/devices?add" icon="plus">
              Add by address
            </ButtonLink>
          </>
        )
      }
    >
      {prefix.value === ''
        ? 'Scan the network of this agent, or add a device by its address. Nothing is changed on a device: the agent only reads.'
        : 'What this agent reads shows up here as soon as it sends it.'}
    </Empty>
  );
}
