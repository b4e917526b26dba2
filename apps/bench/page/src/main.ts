import { RESULT_SCHEMA } from '../../src/results/record.js';
import { startApp } from './app.js';
import { parseRecords } from './records.js';

const text = document.getElementById('records')?.textContent ?? '';
const { records } = parseRecords(text);
const root = document.getElementById('app');
if (root !== null) {
  root.dataset['schema'] = String(RESULT_SCHEMA);
  startApp(root, records);
}
