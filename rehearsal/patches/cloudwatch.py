"""CloudWatch: composite alarms. moto reads their rule already, where it answers PutMetricAlarm."""

from moto.cloudwatch.responses import CloudWatchResponse

from ..patching import add, original

add(CloudWatchResponse, "put_composite_alarm")(original(CloudWatchResponse, "put_metric_alarm"))
