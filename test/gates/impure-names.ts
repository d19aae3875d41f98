import ts from 'typescript';

const impure = new Set([
  'setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'requestAnimationFrame', 'requestIdleCallback',
  'performance', 'crypto', 'fetch', 'XMLHttpRequest', 'WebSocket', 'localStorage', 'sessionStorage', 'indexedDB',
  'process', 'console', 'window', 'globalThis', 'navigator', 'require', 'Worker',
]); // prettier-ignore

/** Uses of the clock, timers, randomness or the outside world in a source text, as `line: name`. Dates made from given values are pure. */
export function impureNames(path: string, text: string): string[] {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true);
  const found: string[] = [];
  const report = (node: ts.Node, name: string) =>
    found.push(`${path}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1}: ${name}`);
  const visit = (node: ts.Node): void => {
    if (ts.isTypeNode(node) || ts.isImportDeclaration(node)) return;
    if (ts.isNewExpression(node) && node.expression.getText() === 'Date' && !node.arguments?.length) report(node, 'new Date()');
    if (ts.isCallExpression(node) && node.expression.getText() === 'Date') report(node, 'Date()');
    if (ts.isPropertyAccessExpression(node) && /^(Math\.random|Date\.now)$/.test(node.getText())) report(node, node.getText());
    if (ts.isIdentifier(node) && impure.has(node.text) && isReference(node)) report(node, node.text);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function isReference(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isPropertyAssignment(parent)) return parent.initializer === node;
  return !('name' in parent && parent.name === node && !ts.isShorthandPropertyAssignment(parent));
}
