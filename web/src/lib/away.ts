/** Whether the agent whose pages a cloud shows is not connected to it. */
import { signal } from '@preact/signals';

/** When an agent that is away was heard last, 0 if never. Nothing that is shown is from now then. */
export const away = signal<number | undefined>(undefined);
