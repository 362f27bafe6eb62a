"""What all tests share."""

import signal

from hypothesis import settings

settings.register_profile("lipwright", deadline=None)  # a busy machine is slow, not wrong
settings.load_profile("lipwright")

# Started in the background or under nohup we are deaf to these, and would hand that on to what tests start.
for _signal in (signal.SIGINT, signal.SIGHUP):
    if signal.getsignal(_signal) is signal.SIG_IGN:
        signal.signal(_signal, signal.default_int_handler if _signal == signal.SIGINT else signal.SIG_DFL)
