import { fillDayTemplate } from './day-template';

const context = {
  title: '2026-11-22',
  format: (format: string, moved: { amount: number; unit: string } | null): string => `<${format}${moved ? ` ${moved.amount}${moved.unit}` : ''}>`,
};

test.each([
  ['# {{title}}', '# 2026-11-22'],
  ['{{date}} {{ TIME }}', '2026-11-22 <HH:mm>'],
  ['{{date:dddd, D MMMM}}', '<dddd, D MMMM>'],
  ['{{time:HH}} {{date+1d:YYYY}} {{date-7d}}', '<HH> <YYYY 1d> <YYYY-MM-DD -7d>'],
  ['{{yesterday}} {{tomorrow}}', '<YYYY-MM-DD -1d> <YYYY-MM-DD 1d>'],
  ['{{unknown}} {{date', '{{unknown}} {{date'],
  ['no variables, $1 and $& stay', 'no variables, $1 and $& stay'],
])('%s', (template, filled) => {
  expect(fillDayTemplate(template, context)).toBe(filled);
});
