import { distinctName } from './distinct-name';

test.each([
  ['Mac', [], 'Mac'],
  ['Mac', ['iPhone'], 'Mac'],
  ['Mac', ['Mac'], 'Mac 2'],
  ['Mac', ['mac ', 'iPhone'], 'Mac 2'],
  ['Mac', ['Mac', 'Mac 2', 'Mac 4'], 'Mac 3'],
  ['Mac', ['Mac 2'], 'Mac'],
])('%j beside %j is %j', (name, others, distinct) => {
  expect(distinctName(name, others)).toBe(distinct);
});
