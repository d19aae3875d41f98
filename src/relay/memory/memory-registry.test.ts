import { describeRegistry } from '../registry.contract';
import { MemoryRegistry } from './memory-registry';

describeRegistry('memory', async () => new MemoryRegistry());
