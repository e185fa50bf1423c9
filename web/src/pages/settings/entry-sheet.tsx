/** The sheet in which one entry of a list of the configuration is added or changed. It asks before it throws away what was typed. */
import { useSignal } from '@preact/signals';
import type { ComponentChildren, RefObject } from 'preact';
import { Button } from '../../components/button';
import { Dialog } from '../../components/dialog';
import { plural } from '../../lib/format';
import { FormContext, type Form } from './form';

export function EntrySheet(props: {
  title: string;
  /** What the button of a new one says. */
  verb: string;
  context: Form;
  form: RefObject<HTMLFormElement | null>;
  /** How many keys of it are changed; absent for a new one. */
  changed: number | undefined;
  /** Whether something would be lost. */
  isTouched: boolean;
  isBusy: boolean;
  /** Why it cannot be saved, where that is of no field. */
  failure: string | undefined;
  onSubmit: () => Promise<void>;
  onClose: () => void;
  /** Stands before the buttons. */
  aside?: ComponentChildren;
  children: ComponentChildren;
}) {
  const { changed, isTouched, onClose } = props;
  const isAsking = useSignal(false);
  return (
    <Dialog
      shape="side"
      title={props.title}
      onClose={onClose}
      mayClose={() => {
        if (!isTouched || isAsking.peek()) return true;
        isAsking.value = true;
        return false;
      }}
      footer={
        isAsking.value ? (
          <>
            <span class="mr-auto text-control">Discard what you typed?</span>
            <Button onClick={() => (isAsking.value = false)}>Keep editing</Button>
            <Button weight="danger" onClick={onClose}>
              Discard
            </Button>
          </>
        ) : (
          <>
            {props.aside}
            <Button onClick={() => (isTouched ? (isAsking.value = true) : onClose())}>Cancel</Button>
            <Button weight="primary" busy={props.isBusy} disabled={changed === 0} onClick={() => void props.onSubmit()}>
              {changed === undefined ? props.verb : changed > 0 ? `Save ${plural(changed, 'change')}` : 'Save'}
            </Button>
          </>
        )
      }
    >
      <FormContext.Provider value={props.context}>
        <form
          ref={props.form}
          class="flex flex-col gap-5"
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            if (!props.isBusy && changed !== 0) void props.onSubmit();
          }}
        >
          {props.failure && (
            <p role="alert" class="rounded-control bg-bad-soft px-3 py-2.5 text-control text-bad">
              {props.failure}
            </p>
          )}
          {props.children}
          <button type="submit" class="hidden" tabIndex={-1} aria-hidden="true" />
        </form>
      </FormContext.Provider>
    </Dialog>
  );
}
