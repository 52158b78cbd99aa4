"""Take out of a log record whatever could point to a person."""

import logging
import traceback


class WithoutPerson(logging.Filter):
    """Drop the request, and of an error keep its type and place: a message may quote what a visitor typed."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.__dict__.pop("request", None)
        if record.exc_info and record.exc_info[0] is not None:
            kind, _error, trace = record.exc_info
            places = "".join(traceback.format_list(traceback.extract_tb(trace)))
            record.msg, record.args = f"{record.getMessage()}: {kind.__name__}\n{places}", ()
            record.exc_info = record.exc_text = None
        return True
