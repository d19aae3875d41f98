/** The check of a connection: the words and the judgement, the same on the command line and in the plugin. What touches the network comes in. */
export { good, skipped, VERDICTS, verdictOf, type Hop, type HopResult, type HopState, type Verdict } from './hop';
export { hostOf, isLocalNetwork, judgeAddress, judgeScheme } from './address';
export { judgeClock, judgeHealth, judgeSilence, type HttpAnswer } from './http';
export { askSession, judgeLink, judgeSession, type SessionFacts, type SessionPorts } from './session';
export { tryLine, type LinePorts } from './line';
export { judgeFetch, judgeOrigins, OBSIDIAN_ORIGINS, type OriginFacts } from './origins';
export { orPolls, tryPolls, type BytesPost } from './polls';
export { judgePermission } from './permission';
export { judgeWebTransport, type OfferedPort } from './webtransport';
export { codeIn, judgeUpgrade } from './upgrade';
export { judgeLocalNetwork, judgeName, judgePhones, judgePort, judgeTls, type FoundAddress, type TcpFacts, type TlsFacts } from './network';
