/** A dialog with one answer beside Cancel. What is asked for stands in a form, so that Enter gives the answer too. */
import type { ComponentChildren } from 'preact';
import { Button } from './button';
import { Dialog } from './dialog';
import type { IconName } from './icon';

export function Question(props: {
  title: string;
  /** What the button of the answer says. */
  verb: string;
  weight?: 'primary' | 'danger';
  icon?: IconName;
  isBusy?: boolean;
  /** Whether there is all that the answer needs. */
  isReady?: boolean;
  onAnswer: () => unknown;
  onClose: () => void;
  /** Why the answer failed. */
  failure?: string;
  /** Stands below the form. */
  below?: ComponentChildren;
  children: ComponentChildren;
}) {
  const { isBusy = false, isReady = true, icon } = props;
  return (
    <Dialog
      title={props.title}
      onClose={props.onClose}
      footer={
        <>
          <Button onClick={props.onClose}>Cancel</Button>
          <Button weight={props.weight ?? 'primary'} {...(icon && { icon })} busy={isBusy} disabled={!isReady} onClick={() => void props.onAnswer()}>
            {props.verb}
          </Button>
        </>
      }
    >
      <form
        class="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (isReady && !isBusy) void props.onAnswer();
        }}
      >
        {props.children}
        <button type="submit" class="hidden" tabIndex={-1} aria-hidden="true" />
      </form>
      {props.failure && (
        <p role="alert" class="mt-3 text-control text-bad">
          {props.failure}
        </p>
      )}
      {props.below}
    </Dialog>
  );
}
