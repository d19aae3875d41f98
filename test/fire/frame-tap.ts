/** Reads along on a WebSocket connection, device to relay, and tells the type byte of each Blockwire frame as it passes. */
export class FrameTap {
  private bytes = Buffer.alloc(0);
  private isUpgraded = false;

  constructor(private readonly onFrame: (type: number) => void) {}

  take(chunk: Buffer): void {
    this.bytes = Buffer.concat([this.bytes, chunk]);
    if (!this.isUpgraded) {
      const end = this.bytes.indexOf('\r\n\r\n');
      if (end < 0) return;
      this.isUpgraded = this.bytes.subarray(0, end).toString('latin1').toLowerCase().includes('upgrade: websocket');
      // Other requests are of no interest.
      this.bytes = this.isUpgraded ? this.bytes.subarray(end + 4) : Buffer.alloc(0);
    }
    while (this.isUpgraded && this.next());
  }

  /** Takes one WebSocket frame off the front. @returns whether a whole one was there */
  private next(): boolean {
    const { bytes } = this;
    if (bytes.length < 2) return false;
    const opcode = bytes.readUInt8(0) & 0x0f;
    const short = bytes.readUInt8(1) & 0x7f;
    const lengthBytes = short === 126 ? 2 : short === 127 ? 8 : 0;
    const header = 2 + lengthBytes + 4; // what a client sends is masked
    if (bytes.length < header) return false;
    const length = lengthBytes === 0 ? short : lengthBytes === 2 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
    if (bytes.length < header + length) return false;
    if (opcode === 2 && length > 0) this.onFrame(bytes.readUInt8(header) ^ bytes.readUInt8(header - 4));
    this.bytes = bytes.subarray(header + length);
    return true;
  }
}
