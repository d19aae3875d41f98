import { describeChunks } from '../chunks.contract';
import { MemoryChunks } from './memory-chunks';

describeChunks('memory', async (options) => new MemoryChunks(options));
