import ipaddr from 'ipaddr.js';

/** One customer of a provider is given 256 networks of IPv6 or more (RIPE-690: /56 or /48), each with 2^64 addresses. */
const IPV6_PREFIX_BYTES = 7;

/** Who counts as one: an address of IPv4, or a /56 of IPv6. */
export function addressKey(address: string): string {
  // Of `fe80::1%eth0` the zone is this machine's own matter.
  const [plain = ''] = address.split('%', 1);
  if (!ipaddr.isValid(plain)) return 'unknown';
  // IPv4 that comes by a socket of IPv6 is IPv4.
  const parsed = ipaddr.process(plain);
  if (parsed.kind() === 'ipv4') return parsed.toString();
  return `${Buffer.from(parsed.toByteArray().slice(0, IPV6_PREFIX_BYTES)).toString('hex')}/56`;
}
