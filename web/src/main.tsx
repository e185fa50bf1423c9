import './style.css';
import { render } from 'preact';
import { App } from './app';
import { setPlace } from './lib/format';
import { startKeys } from './lib/keys';
import { startMedia } from './lib/media';
import { startTheme } from './lib/prefs';
import { startRouting } from './lib/route';
import { startClock } from './lib/store';

setPlace(navigator.language);
startTheme();
startMedia();
startRouting();
startKeys();
startClock();
render(<App />, document.getElementById('app')!);
