/** The simulated log keeps the contract that the real ones keep. */
import { describeLog } from '../../../src/relay/log.contract';
import { SimLog } from './log';

describeLog('simulated', async (options) => new SimLog({ soon: (run) => void setImmediate(run), synced: (run) => void setImmediate(() => setImmediate(run)) }, options));
