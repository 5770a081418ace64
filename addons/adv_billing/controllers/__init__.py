from . import month_end
