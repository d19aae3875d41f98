import { describeLog } from '../log.contract';
import { MemoryLog } from './memory-log';

describeLog('memory', async (options) => new MemoryLog(options));
