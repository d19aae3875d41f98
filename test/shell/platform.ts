const query = new URLSearchParams(location.search);
const phone = query.get('phone');
const mac = /Mac/.test(navigator.userAgent);

/** `?phone=ios` or `?phone=android` emulates a phone; else this is a computer. */
export const Platform = {
  isDesktop: !phone,
  isMobile: !!phone,
  isDesktopApp: !phone,
  isMobileApp: !!phone,
  isIosApp: !!phone && phone !== 'android',
  isAndroidApp: phone === 'android',
  isPhone: !!phone,
  isTablet: false,
  isMacOS: !phone && mac,
  isWin: !phone && /Windows/.test(navigator.userAgent),
  isLinux: !phone && !mac && /Linux/.test(navigator.userAgent),
  isSafari: false,
  resourcePathPrefix: `${location.origin}/`,
};
