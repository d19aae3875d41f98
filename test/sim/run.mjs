// `npm run sim`: builds the simulator and runs it.
import { runProgram } from '../program.mjs';

await runProgram('test/sim/whole/main.ts', 'sim');
