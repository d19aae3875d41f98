import { sizeOf } from './size';

test.each([['0', 0], ['500', 500], ['16k', 16_384], ['500M', 524_288_000], ['20GB', 21_474_836_480], ['1TiB', 1024 ** 4]])('%s is %d bytes', (text, bytes) => expect(sizeOf(text)).toBe(bytes));

test.each(['', 'lots', '-1', '1.5G', '5X', '99999999'])('"%s" is no size', (text) => expect(() => sizeOf(text)).toThrow('A size is'));
